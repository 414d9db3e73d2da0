"""What every view needs: the right, the days that stand in an address, and the answer that is a file."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache, wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.http import content_disposition_header


def requires(ability: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """The view is for whoever has `ability`; others get a 403. The ability stays readable on the view."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.may(ability):  # type: ignore[union-attr]
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.ability = ability  # type: ignore[attr-defined]
        return guarded

    return decorate


PDF = "application/pdf"


def made_file(content: bytes | str, name: str, content_type: str, *, download: bool = False) -> HttpResponse:
    """A file that was made for this answer, of which no copy is kept on the way; a stored one: `documents.web`."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(download, name) or "inline"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


# Beyond these no page has anything to show, and a calendar has no day before or after.
FIRST_DAY, LAST_DAY = date(2000, 1, 3), date(2099, 12, 31)


def day_read(text: str, otherwise: date) -> date:
    """A day in an address, such as 2026-11-18; `otherwise` when it is none, or none that the product knows."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return found if FIRST_DAY <= found <= LAST_DAY else otherwise


def may_open(user: Any, address: str) -> bool:
    """Whether a page of ours is for `user`: what leads to one that is not stands there without a link."""
    ability = _ability(address.partition("?")[0].partition("#")[0])
    if ability is None:
        return address.startswith("#")  # on the page itself
    return not ability or user.may(ability)


@lru_cache(maxsize=2000)
def _ability(path: str) -> str | None:
    """What a page of ours asks of a reader, or None where there is none."""
    try:
        return getattr(resolve(path).func, "ability", "")
    except Resolver404:
        return None
