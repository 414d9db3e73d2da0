"""What a phone's outbox sends (static/js/outbox.js): forms as any, answered in JSON and never by a redirect.

The outbox made the act's id, and says when it was done by the phone's clock. While the page of the form still stands,
its questions are asked there (NOW); what comes LATER is kept as it was done, and nobody is asked.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_datetime

HEADER = "X-Outbox"
SKEW = "X-Phone-Skew"
LATER = "later"
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
        skew = int(request.headers.get(SKEW, "0"))
    except ValueError:
        return None
    if at is None or at.tzinfo is None:
        return None
    return Act(made, at.astimezone(UTC), request.POST.get("outbox_zone", ""), skew)


class OutboxMiddleware:
    """Stands around sessions, tokens and views: the answer of each is told in words that a script can read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        return _told(request, response) if is_sent(request) else response


def _told(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    status, said = response.status_code, {"id": request.POST.get("outbox_id", "")}
    if status in (301, 302, 303):
        status = HTTPStatus.OK
        said |= {"state": "sent", "goes_to": response["Location"]}
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
