from django.contrib.admin.apps import AdminConfig


class NewsroomAdmin(AdminConfig):
    """The stock admin under the product's name; stories/desk/ fills it."""

    default_site = "newsroom.admin.NewsroomAdminSite"
