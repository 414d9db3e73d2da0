"""What somebody was shown while logged in is in no cache: after logging out, Back shows nothing of it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

OPENED_BY_ITSELF = "document"


class PrivatePagesMiddleware:
    """Pages are never stored. A picture that a page shows may be, but not when it is opened as a page of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.user.is_authenticated:
            return response
        asked_for = request.headers.get("Sec-Fetch-Dest", "")
        if "Cache-Control" not in response or asked_for == OPENED_BY_ITSELF:
            response["Cache-Control"] = "private, no-store"
        else:
            patch_vary_headers(response, ["Sec-Fetch-Dest"])
        return response
