"""The desk: how editors get in. Importing a module here registers its admin classes."""

from django.contrib import admin

from stories.desk import story
from stories.models import Author, Picture, Source, Tag, Topic, User


# Until terms.py and users.py are here: autocomplete fields need them.
class SearchedAdmin(admin.ModelAdmin):
    def get_search_fields(self, request):
        return {User: ["username"], Picture: ["alt", "caption"]}.get(self.model, ["name", "slug"])

    search_fields = ["pk"]
    fields = None


admin.site.register([Author, Picture, Source, Tag, Topic, User], SearchedAdmin)

__all__ = ["story"]
