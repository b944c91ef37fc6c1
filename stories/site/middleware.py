from django.utils import timezone


class InstantMiddleware:
    """Give each request the one instant it is answered for, so that all its queries agree on what is visible."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.instant = timezone.now()
        return self.get_response(request)
