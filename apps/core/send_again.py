"""Pages on which what was sent stands ready to be sent again, after it could not be taken as it came."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from apps.core import formats, idempotency, origin, returned


def refused_key(request: HttpRequest, unusable: idempotency.Unusable) -> HttpResponse:
    """Say why nothing was done, and hold what was sent ready under a key that works."""
    owner = idempotency.owner_of(request)
    if isinstance(unusable, idempotency.OtherLogin):
        sentence = _("This form was opened under another login, so nothing was done. Open the page again.")
        return _page(request, sentence)
    if isinstance(unusable, idempotency.Expired):
        key = idempotency.key_again(idempotency.key_read(request.POST[idempotency.FIELD]))
        sentence = _("This form was opened more than a week ago, so nothing was done yet.")
    else:
        key = idempotency.key_new(owner)
        sentence = _("This form was not opened here, or long ago. Nothing was done yet.")
    return _page(request, sentence, key=key, go=_("Send it now"))


def asked(request: HttpRequest, claim: idempotency.Claim) -> HttpResponse:
    """Ask whether what differs from what was sent before is meant to be done as well."""
    if claim.answer is None:
        raise ValueError("only what was answered before can differ from it")
    sentence = _("You already sent this form with other values, at %(time)s. Send this too?") % {
        "time": formats.moment(claim.answer.created_at)
    }
    key = idempotency.key_new(idempotency.owner_of(request))
    return _page(request, sentence, key=key, go=_("Send this too"), title=_("Once more?"))


def texts(typed: dict[str, Any]) -> list[str]:
    """What somebody wrote, as far as one can tell without the form: what has a space in it."""
    return [one for name, values in typed["values"].items() for one in values if " " in one.strip()]


def held(request: HttpRequest, typed: dict[str, Any]) -> HttpResponse:
    """What was held for a page that has no place for it (any more)."""
    key = idempotency.key_new(idempotency.owner_of(request))
    values = [(name, value) for name, given in typed["values"].items() for value in given]
    return _render(
        request, typed["sentence"], key=key, go=_("Send it now"), sent=values, files=list(typed["files"]),
        address=typed["action"], back=typed["page"], texts=texts(typed), status=200,
    )  # fmt: skip


def _page(
    request: HttpRequest, sentence: str, *, key: str = "", go: str = "", title: str = ""
) -> HttpResponse:
    if returned.holds_secret(request):
        key = ""  # so it is typed again, on its own page
    left_out = {idempotency.FIELD, "csrfmiddlewaretoken"}
    sent = [(name, one) for name, values in request.POST.lists() if name not in left_out for one in values]
    return _render(
        request, sentence, key=key, go=go, title=title, sent=sent, files=list(request.FILES),
        address=request.get_full_path(), back=origin.page_of(request) or "/",
    )  # fmt: skip


def _render(request: HttpRequest, sentence: str, *, status: int = 409, **more: Any) -> HttpResponse:
    # The customer's pages take no cookie, so no token either.
    open_to_all = getattr(request.resolver_match and request.resolver_match.func, "csrf_exempt", False)
    context = {"sentence": sentence, "guarded": request.user.is_authenticated or not open_to_all}
    return render(request, "send_again.html", context | more, status=status)
