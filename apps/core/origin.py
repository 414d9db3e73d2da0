"""Where a request comes from: one of our own pages, and which."""

from urllib.parse import urlsplit

from django.http import HttpRequest


def _own_path(request: HttpRequest, address: str) -> str:
    """The path and query of `address` when it is of this site; else nothing."""
    parts = urlsplit(address)
    if parts.netloc != request.get_host() or parts.scheme not in ("http", "https"):
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def page_of(request: HttpRequest) -> str:
    """The page on which somebody pressed or typed; nothing when that is not known or not ours."""
    return _own_path(request, request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))


def from_own_page(request: HttpRequest) -> bool:
    """Whether a page of this site sent the request. A browser tells, and another site cannot make it lie."""
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched and fetched != "same-origin":
        return False
    origin = request.headers.get("Origin")
    return bool(_own_path(request, f"{origin}/") if origin else page_of(request))
