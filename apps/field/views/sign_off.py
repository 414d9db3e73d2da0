"""What the customer sees and signs."""

from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.core import clock
from apps.core.canonical import fingerprint
from apps.core.keeping import is_to_keep
from apps.core.outbox import act_read, is_sent_later
from apps.core.refusals import Refused
from apps.documents.models import StoredFile
from apps.documents.photos import signature_again, signature_store
from apps.documents.web import file_response
from apps.field import forms
from apps.field.evidence import facts_of, shown_durations, shown_of
from apps.field.models import SignOff, Visit
from apps.field.pages import back_to_job, event_post, file_keep, for_job, given, page
from apps.planning.models import Assignment

# A page that was left open longer than this is shown again before it is signed.
SHOWN_FOR = timedelta(hours=4)
SHOWN_TEXT = 20_000


@for_job
@require_http_methods(["GET", "POST"])
def sign_off(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    """The work as it will be reported, above the place to sign. What is signed is bound to a hash of it."""
    if not visit.pk and not is_to_keep(request) and not is_sent_later(request):
        return redirect("phone:job", assignment.pk)
    now = clock.now()
    sent = act_read(request)
    on_phone = request.POST.get("on_phone", "")[:SHOWN_TEXT] if sent else ""
    form = forms.SignOffForm(request.POST or None)
    drawn = signature_again(request.POST.get("signature"))
    later = is_sent_later(request)
    if (found := given(request, form)) is not None:
        shown_at = found["shown_at"] if isinstance(found["shown_at"], datetime) else now
        fresh = timedelta(0) <= now - shown_at <= SHOWN_FOR
        same = fresh and (on_phone or fingerprint(shown_of(visit, at=shown_at)) == found["shown_hash"])
        if not on_phone and not same and not later:
            drawn = ""  # it stood under something else
            form.add_error(None, _("The work was changed after this was shown. Read it again, then sign."))
        file, unfit = (None, "") if form.errors and not later else _signature(request, form, found)
        if not form.errors or later:
            payload = {"name": found["name"], "reason": "" if file else found["reason"]}
            if on_phone:
                payload |= {"on_phone": on_phone}
            else:
                payload |= {"shown_at": shown_at.isoformat(), "shown_hash": found["shown_hash"]}
            event_post(request, assignment, "sign_off", payload, file=file, unfit=unfit)
            return back_to_job(assignment, at="sign_off")
    shown = shown_of(visit, at=now)
    return page(
        request, "field/sign_off.html", assignment, visit, form, shown=shown, hash=fingerprint(shown),
        shown_at=now.isoformat(), drawn=drawn, durations=shown_durations(shown),
        signed=SignOff.objects.filter(visit__work_order=assignment.work_order_id).order_by("at", "pk").last(),
        outdated=facts_of(visit).signature_outdated,
    )  # fmt: skip


def _signature(request: HttpRequest, form: Any, found: dict[str, Any]) -> tuple[StoredFile | None, str]:
    """The drawing, kept, and what is wrong with it."""
    data_url = found["signature"]
    if not data_url or found["reason"]:
        return None, ""
    try:
        return signature_store(data_url=data_url, by=request.user), ""  # type: ignore[arg-type]
    except Refused as refused:
        form.add_error("name", str(refused))
        if is_sent_later(request):
            return file_keep(request, data_url.encode(), "signature.txt"), f"bad_file:{refused}"
        return None, ""


@for_job
@require_GET
def signature(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponseBase:
    """The picture of the signature under this visit."""
    if visit.sign_off is None or visit.sign_off.signature is None:
        raise Http404
    return file_response(visit.sign_off.signature)
