"""What is opened in another way than its view takes: an address that only does something, and HEAD of a page."""

import re
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

# Not pages: what they show stands in another one.
PART = re.compile(r"(photo|file|signature|pdf|picture|logo)$")


class PostOnlyMiddleware:
    """An address that does something is no page: whoever opens it as one is brought to the page with its button.

    For a link from a mail or a colleague, a reload of a refused form, and what was opened before logging in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        opened = request.method == "GET" and not request.headers.get("HX-Request")
        if not opened or response.status_code != 405 or "POST" not in response.headers.get("Allow", ""):
            return response
        if request.user.is_authenticated:  # public pages take no cookie
            messages.info(request, _("That is done with a button; it is on this page."))
        return redirect(page_above(request.path))


class HeadMiddleware:
    """HEAD is answered as GET, without the page: a link checker, a preview of a mail program, a monitor asks so.

    A view that says HEAD itself is asked first. One that does not refuses before it does anything.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = self.get_response(request)
        if request.method != "HEAD" or response.status_code != 405:
            return response
        request.method = "GET"
        try:
            response = self.get_response(request)
        finally:
            request.method = "HEAD"
        return emptied(response)


def emptied(response: HttpResponseBase) -> HttpResponseBase:
    """The same answer without what it holds; how long that is stays said."""
    if isinstance(response, StreamingHttpResponse):
        response.streaming_content = ()
    elif isinstance(response, HttpResponse):
        response.headers.setdefault("Content-Length", str(len(response.content)))
        response.content = b""
    return response


def page_above(path: str) -> str:
    """The nearest page that the address lies below."""
    while (path := path.rstrip("/").rpartition("/")[0] + "/") != "/":
        try:
            found = resolve(path)
        except Resolver404:
            continue
        if not PART.search(found.url_name or ""):
            return path
    return "/"
