from django.urls import path, register_converter

from stories.site import views
from stories.site.paths import SlugConverter

register_converter(SlugConverter, "name")

urlpatterns = [
    path("", views.front, name="front"),
    path("<int:year>/<int:month>/<int:day>/<name:slug>/", views.story, name="story"),
    path("about/<name:slug>/", views.story, name="page"),
    path("topics/<name:slug>/", views.front, name="topic"),
    path("tags/<name:slug>/", views.front, name="tag"),
    path("sources/<name:slug>/", views.front, name="source"),
    path("authors/<name:slug>/", views.front, name="author"),
]
