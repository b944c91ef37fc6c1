from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

MODELS = ["Story", "FrontPage", "Report", "Source", "Topic", "Tag", "Author", "Picture", "User"]
ORDER = {name: position for position, name in enumerate(MODELS)}


class NewsroomAdminSite(admin.AdminSite):
    site_header = settings.SITE_NAME
    site_title = settings.SITE_NAME
    index_title = _("The desk")
    enable_nav_sidebar = False  # the header has it: a story needs the width
    day = None  # a function of the request that returns the first page's context; stories/desk/desk.py sets it

    def get_urls(self):
        # All of ours say themselves where readers find them; Django's detour fails on what can be no id.
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def get_app_list(self, request, app_label=None):
        """Return the models in the order of a working day, stories first, not of the alphabet."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: ORDER.get(model["object_name"], len(ORDER)))
        return sorted(apps, key=lambda app: app["app_label"] != "stories")

    def index(self, request, extra_context=None):
        day = self.day(request) if self.day else {}
        return super().index(request, {**day, **(extra_context or {})})
