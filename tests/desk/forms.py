"""What a browser would post."""

from django.urls import reverse


def form_data(client, story=None, **values):
    """Return the fields of a story's form, or of the form of a new one, as a browser would post them."""
    if story:
        response = client.get(reverse("admin:stories_story_change", args=[story.pk]))
    else:
        response = client.get(reverse("admin:stories_story_add"))
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    fields = {form[name].html_name: form[name].value() for form in forms for name in form.fields}
    return {name: posted(value) for name, value in fields.items() if value is not None} | values


def posted(value):
    return [getattr(item, "pk", item) for item in value] if isinstance(value, list) else value
