from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("stories.site.urls")),
]

handler403 = "stories.desk.pages.forbidden"
handler404 = "stories.site.views.not_found"
handler500 = "stories.site.views.server_error"
