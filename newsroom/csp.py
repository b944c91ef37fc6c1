"""A Content-Security-Policy on Django 5.2, by the setting names of Django 6: delete this on 6.2."""

import base64
import os

from django.conf import settings
from django.utils.functional import SimpleLazyObject


class ContentSecurityPolicyMiddleware:
    """Send SECURE_CSP with each response, or the policy of the SECURE_CSP_PREFIX its path begins with.

    "<NONCE>" in a policy becomes the request's nonce, if something used `request.csp_nonce`.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.policies = [*settings.SECURE_CSP_PREFIX.items(), ("/", settings.SECURE_CSP)]

    def __call__(self, request):
        used = []

        def make_nonce():
            used.append(base64.b64encode(os.urandom(16)).decode())
            return used[0]

        request.csp_nonce = SimpleLazyObject(make_nonce)
        response = self.get_response(request)
        if "Content-Security-Policy" not in response:
            nonce = f"'nonce-{used[0]}'" if used else None
            policy = next((p for prefix, p in self.policies if request.path_info.startswith(prefix)), {})
            response["Content-Security-Policy"] = "; ".join(
                " ".join([name, *filter(None, (nonce if value == "<NONCE>" else value for value in values))])
                for name, values in policy.items()
            )
        return response
