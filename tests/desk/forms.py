"""What a browser would post."""

from unittest import mock

from django.template.response import SimpleTemplateResponse
from django.urls import reverse


def forms_of(client, story=None):
    """Return all forms of the page on which a story is changed, or of the one for a new one.

    The page is asked for, but its HTML is not made: that takes longest and is what tests of the page look at.
    """
    url = reverse("admin:stories_story_change", args=[story.pk]) if story else reverse("admin:stories_story_add")
    with mock.patch.object(SimpleTemplateResponse, "rendered_content", ""):
        page = client.get(url).context_data
    forms = [page["adminform"].form]
    for inline in page["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset]
    return forms


def form_data(client, story=None, **values):
    """Return the fields of a story's form, or of the form of a new one, as a browser would post them."""
    forms = forms_of(client, story)
    fields = {form[name].html_name: form[name].value() for form in forms for name in form.fields}
    return {name: posted(value) for name, value in fields.items() if value is not None} | values


def posted(value):
    return [getattr(item, "pk", item) for item in value] if isinstance(value, list) else value
