"""Readers' pages are compressed on their way; static files are when they are collected."""

from django.middleware.gzip import GZipMiddleware


class CompressionMiddleware(GZipMiddleware):
    """Compress what is made for readers, and nothing of the desk.

    There secrets stand beside words that an address can put on the page, from whose compressed length a stranger could
    guess them. A reader's page has none but the form's token, which Django masks. What is streamed, pictures and very
    long records, goes as it is.
    """

    def process_response(self, request, response):
        if response.streaming or request.path_info.startswith("/admin/"):
            return response
        return super().process_response(request, response)
