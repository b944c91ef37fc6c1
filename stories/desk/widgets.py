from django import forms
from django.contrib.admin.widgets import AutocompleteMixin, get_select2_language
from django.urls import reverse


class TagSelect(AutocompleteMixin, forms.SelectMultiple):
    """Tags in Django's own Select2: existing ones by search, new ones by Enter or comma. Its values are names."""

    def __init__(self, attrs=None):
        forms.SelectMultiple.__init__(self, attrs)
        self.i18n_name = get_select2_language()

    def get_url(self):
        return reverse("admin:stories_story_tag_names")

    def build_attrs(self, base_attrs, extra_attrs=None):
        attrs = forms.SelectMultiple.build_attrs(self, base_attrs, extra_attrs)
        return attrs | {
            "class": f"{attrs.get('class', '')} admin-autocomplete".strip(),
            "data-ajax--url": self.get_url(),
            "data-ajax--delay": "150",
            "data-tags": "true",
            "data-token-separators": '[","]',
            "data-theme": "admin-autocomplete",
            "data-allow-clear": "false",
            "data-placeholder": "",
            "data-app-label": "stories",
            "data-model-name": "tag",
            "data-field-name": "name",
            "lang": self.i18n_name,
        }

    def optgroups(self, name, value, attrs=None):
        return [(None, [self.create_option(name, tag, tag, True, i) for i, tag in enumerate(value)], 0)]

    def format_value(self, value):
        return [getattr(tag, "name", tag) for tag in value or []]
