from django.urls import path

from newsroom.urls import handler404, handler500, urlpatterns  # noqa: F401


def broken(request):
    raise RuntimeError("the database is gone")


urlpatterns = [path("broken/", broken), *urlpatterns]
