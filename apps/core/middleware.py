"""Each request: plain text, one transaction, one database role, one request id; refusals; repeated POSTs."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from apps.core import idempotency, origin, outbox, returned, send_again, text
from apps.core.database import ACCOUNT, OFFICE, PUBLIC, TECHNICIAN, as_role, database_await, rule_broken
from apps.core.health import health_show
from apps.core.keyless import key_is_asked
from apps.core.merging import RULE as MERGED_AWAY
from apps.core.refusals import Forbidden, Missing, Refused
from apps.core.web import may_open

GetResponse = Callable[[HttpRequest], HttpResponse]
PHONE_PREFIX = "/phone/"
ACCOUNT_PREFIX = "/account/"
JOIN_PREFIX = "/join/"


def database_role(request: HttpRequest) -> str:
    """The least role that can serve this request. The phone's pages never see more than a technician's, and those on
    which people log in nothing but that."""
    if request.path.startswith(ACCOUNT_PREFIX):
        return ACCOUNT
    if not request.user.is_authenticated:
        return PUBLIC
    if request.path.startswith(PHONE_PREFIX) or not request.user.may("see_office"):
        return TECHNICIAN
    return OFFICE


class HealthMiddleware:
    """Says how the installation is before anything that needs the database, a session or a known host name."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.path = reverse("health")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return health_show(request) if request.path == self.path else self.get_response(request)


class DatabaseAwaitedMiddleware:
    """Lets a request wait a moment for a database that is being restarted; nobody notices when that is quick."""

    seconds = 2.0

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        database_await(self.seconds)  # in vain: then whoever asks it something hears so
        return self.get_response(request)


class VisibleTextMiddleware:
    """Takes what nobody typed on purpose out of every form and address, before any view reads it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.GET = _visible(request.GET, nul=False)  # type: ignore[assignment]
        if request.method == "POST":
            request.POST = _visible(request.POST)  # type: ignore[assignment]
        return self.get_response(request)


def _visible(given: QueryDict, *, nul: bool = True) -> QueryDict:
    """The same values without invisible characters; without NUL too where no form field would refuse it."""
    cleaned = {name: [_plain(one, nul) for one in values] for name, values in given.lists()}
    if cleaned == dict(given.lists()):
        return given
    changed = given.copy()
    for name, values in cleaned.items():
        changed.setlist(name, values)
    changed._mutable = False
    return changed


def _plain(value: str, nul: bool) -> str:
    seen = text.visible(value)
    return seen if nul else seen.replace("\x00", "")


class DatabaseRoleMiddleware:
    """Wraps the request, rendering included, in a transaction in the user's database role.

    An answer of 400 or above commits nothing, so a refused or invalid request leaves nothing half-written;
    unless the view says `response.keeps_writes = True`, for what must outlive a refusal (counting tries).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex
        request.database_role = role = database_role(request)  # type: ignore[attr-defined]
        request.META["watertight.user"] = request.user.pk or "-"  # for the access log
        with as_role(role, user_id=request.user.pk, request_id=request_id):
            response = self.get_response(request)
            if response.status_code >= 400 and not getattr(response, "keeps_writes", False):
                transaction.set_rollback(True)
        patch_vary_headers(response, ["HX-Request"])
        return response


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The page that says what could not be done."""
    status = 403 if isinstance(refused, Forbidden) else 409
    partial = bool(request.headers.get("HX-Request"))  # the page stays as it is
    held = request.method == "POST" and not partial and returned.hold(request, str(refused))
    first = refused if isinstance(refused, Missing) and may_open(request.user, refused.url) else None
    context = {"sentence": str(refused), "back": origin.page_of(request) or "/", "held": held, "first": first}
    return render(request, "refused.html", context, status=status)


class RefusedMiddleware:
    """Shows every refused move the same way, whichever view it came from."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, IntegrityError) and rule_broken(exception) == MERGED_AWAY:
            sentence = _(
                "What this belongs to was merged into another record meanwhile. Open it again and go on there."
            )
            return refusal(request, Refused(sentence))
        if not isinstance(exception, Refused):
            return None
        return refusal(request, exception)


def _lets_in(request: HttpRequest) -> bool:
    """Whether this was a login, or a part of one: its cookie cannot be given a second time."""
    return request.path.startswith((ACCOUNT_PREFIX, JOIN_PREFIX)) and request.session.modified


class IdempotencyMiddleware:
    """A form without a key of ours is not taken. One that is sent again is answered as the first time; with other values
    it is another act, or asked about.

    The key is looked at once the request is known to come from whom it says it comes from: a session that ended and a
    stale token are answered before. A view that only shows the form again, with a customer looked up, says so
    (`response.shown_again`): nothing was done under its key.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        claim: idempotency.Claim | None = getattr(request, "claim", None)
        if claim is None:
            return response
        if response.status_code in (301, 302, 303):
            idempotency.said_done(claim, request, response)
        if claim.answer is not None:
            return response
        nothing_done = response.streaming or getattr(response, "shown_again", False)
        if _lets_in(request):
            idempotency.forget(claim)
        elif response.status_code < 400 and not nothing_done:
            idempotency.remember(claim, response)
        elif nothing_done or getattr(response, "keeps_writes", False):
            idempotency.forget(claim)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not key_is_asked(request):
            return None
        try:
            key = idempotency.key_check(
                request.POST.get(idempotency.FIELD, ""),
                idempotency.owner_of(request),
                ages=outbox.act_read(request) is None,
            )
            claim = idempotency.claim(key, request)
        except idempotency.Unusable as unusable:
            return _dressed(view, send_again.refused_key(request, unusable))
        if claim.differs:
            return _dressed(view, send_again.asked(request, claim))
        request.claim = claim  # type: ignore[attr-defined]
        if claim.answer is None:
            return None
        if claim.answer.status in (301, 302, 303) and not outbox.is_sent(request):
            messages.info(request, _("This was already done; here is the outcome of the first time."))
        return claim.answer.response()


def _dressed(view: Any, response: HttpResponse) -> HttpResponse:
    """As the view would give it: a form in a frame on another website is answered in that frame."""
    return view.dress(response) if hasattr(view, "dress") else response
