from django.http import HttpResponse


def front(request, **kw):
    return HttpResponse("front")


def story(request, **kw):
    return HttpResponse("x")


def not_found(request, exception=None):
    return HttpResponse("404", status=404)


def server_error(request):
    return HttpResponse("500", status=500)
