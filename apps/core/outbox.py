"""What a phone's outbox sends (static/js/outbox.js): forms as any, answered in JSON and never by a redirect.

The outbox made the act's id, and says when it was done by the phone's clock. While the page of the form still stands,
its questions are asked there (NOW); what comes LATER is kept as it was done, and nobody is asked.
"""

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_datetime

from apps.core import clock

HEADER = "X-Outbox"
SKEW = "X-Phone-Skew"
HOLDS = "X-Phone-Holds"  # what the phone holds besides this act
LATER = "later"
MOST = 50  # jobs of which a phone says that it holds something
LARGEST = 2**31 - 1
PREFIX = (
    "/phone/job/"  # where what is sent is an event of its own id, so that no age of a key can do it twice
)


@dataclass(frozen=True)
class Act:
    """What the phone says of an act: its id, and when it was by the phone's clock."""

    id: uuid.UUID
    at: datetime
    zone: str
    skew_seconds: int


@dataclass(frozen=True)
class Held:
    """What a phone holds of one job: photos, other things, and since when by our own clock."""

    job: int
    photos: int
    things: int
    since: datetime


def is_sent(request: HttpRequest) -> bool:
    """Whether an outbox sent this form."""
    return request.method == "POST" and HEADER in request.headers and request.path.startswith(PREFIX)


def is_sent_later(request: HttpRequest) -> bool:
    """Whether the page of the form is gone: nobody is there to be asked."""
    return is_sent(request) and request.headers[HEADER] == LATER


def act_read(request: HttpRequest) -> Act | None:
    """The act that an outbox sent; None for any other form, and for one that does not say what it should."""
    if not is_sent(request):
        return None
    try:
        at = parse_datetime(request.POST.get("outbox_at", ""))
        made = uuid.UUID(request.POST.get("outbox_id", ""))
        skew = skew_read(request)
    except ValueError:
        return None
    if at is None or at.tzinfo is None:
        return None
    return Act(made, at.astimezone(UTC), request.POST.get("outbox_zone", ""), skew)


def skew_read(request: HttpRequest) -> int:
    """How many seconds our clock is ahead of the phone's; raises ValueError for what is no number."""
    return int(request.headers.get(SKEW, "0"))


def holds_read(request: HttpRequest, text: str) -> tuple[uuid.UUID, list[Held]] | None:
    """Which phone this is and what it says that it holds; None for what does not say so."""
    try:
        said = json.loads(text)
        off = timedelta(seconds=skew_read(request))
        held = [_held(row, off) for row in said["holds"][:MOST]]
        return uuid.UUID(said["phone"]), held
    except (ValueError, TypeError, KeyError, OverflowError):
        return None


def _held(row: list[Any], off: timedelta) -> Held:
    job, photos, things, at = row
    since = parse_datetime(at)
    if since is None or since.tzinfo is None:
        raise ValueError(at)
    now = clock.now()
    job, photos, things = (max(0, min(int(one), LARGEST)) for one in (job, photos, things))
    return Held(job, photos, things, min(since.astimezone(UTC) + off, now))


class OutboxMiddleware:
    """Stands around sessions, tokens and views: the answer of each is told in words that a script can read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        return _told(request, response) if is_sent(request) else response


def _received(request: HttpRequest) -> list[str]:
    """A receipt of each file as it came in: the phone holds it against its own before it lets go of it."""
    found = []
    for _name, files in request.FILES.lists():
        for one in files:
            one.seek(0)
            digest = hashlib.sha256()
            for chunk in one.chunks():
                digest.update(chunk)
            found.append(digest.hexdigest())
    return found


def _told(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    status = response.status_code
    said: dict[str, Any] = {"id": request.POST.get("outbox_id", "")}
    if status in (301, 302, 303):
        status = HTTPStatus.OK
        said |= {"state": "sent", "goes_to": response["Location"], "received": _received(request)}
    elif status < 400:
        status = HTTPStatus.UNPROCESSABLE_ENTITY  # a page that is shown again: nothing was done
        said |= {"state": "asked", "page": response.content.decode()}
    elif status < 500 and response.get("Content-Type", "").startswith("text/html"):
        said |= {"state": "asked", "page": response.content.decode()}
    else:
        said |= {"state": "trouble"}
    told = JsonResponse(said, status=status)
    told.cookies = response.cookies
    told["Cache-Control"] = "private, no-store"
    return told
