"""Pages that a telephone keeps, to be read where there is no network: docs/adr/0019-the-phone-without-a-network.md.

A page says whose it is, and its worker (static/js/worker.js) keeps only what says so. What was meant for one reading
is never kept: a message, a form that came back.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase

# The worker asks with it: nobody reads this answer now, so what waits for a reader goes on waiting.
ASKED = "X-To-Keep"
KEEP_FOR = "X-Keep-For"


def is_to_keep(request: HttpRequest) -> bool:
    return ASKED in request.headers


def kept(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The page may be kept on the phone of whoever is shown it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_to_keep(request):
            request.__dict__.pop("_messages", None)
        told = bool(len(get_messages(request)))
        response = view(request, *args, **kwargs)
        # Another week, what was searched for: its address without that is another page, and is kept under its own.
        whole = request.method == "GET" and not request.GET and "HX-Request" not in request.headers
        page = response.get("Content-Type", "").startswith("text/html")
        if whole and page and response.status_code == 200 and not told:
            response[KEEP_FOR] = str(request.user.pk)
        return response

    return guarded
