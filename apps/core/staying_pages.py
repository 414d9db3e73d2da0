"""A form that its page sends by itself (static/js/send.js) is answered as any form; only where to go on is told in words.

A script is not shown a redirect: the browser would follow it, and the page that was meant for the person be spent on that.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

ASKED: str = "HTTP_X_PAGE_STAYS"
GOES_TO: str = "X-Goes-To"


class StayingPagesMiddleware:
    """Stands around sessions, tokens and views, none of which knows the difference."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or ASKED not in request.META:
            return self.get_response(request)
        # The answer is for the person, and no part of a page.
        request.META["HTTP_SEC_FETCH_DEST"] = "document"
        request.__dict__.pop("headers", None)  # read anew
        response = self.get_response(request)
        if response.status_code in (301, 302, 303):
            response.status_code = 204
            response[GOES_TO] = response["Location"]
            response.content = b""
            del response["Location"], response["Content-Length"]
        return response
