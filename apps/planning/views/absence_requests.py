"""Days off that technicians ask for, and the office's answer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from apps.core.web import requires
from apps.planning import actions
from apps.planning.daysoff import DaysOff
from apps.planning.forms import GrantForm, NoDaysOffForm
from apps.technicians.models import AbsenceRequest


def _asked(request: HttpRequest, pk: int) -> AbsenceRequest:
    rows = AbsenceRequest.objects.for_user(request.user)
    return get_object_or_404(rows.select_related("technician__user", "decided_by"), pk=pk)


def _page(
    request: HttpRequest,
    asked: AbsenceRequest,
    *,
    hits: DaysOff | None = None,
    grant: GrantForm | None = None,
    decline: NoDaysOffForm | None = None,
) -> HttpResponse:
    hits = hits or DaysOff(asked, request.user)
    context = {
        "asked": asked,
        "hits": hits,
        "grant": grant or GrantForm(hits=bool(hits.visits)),
        "decline": decline or NoDaysOffForm(),
        "is_open": asked.status == "open" and request.user.may("plan_work"),
    }
    wrong = bool(grant or decline)
    template = "planning/absence_request_detail.html"
    return render(request, template, context, status=422 if wrong else 200)


@requires("see_office")
@require_GET
def absence_request_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is asked, and what it hits."""
    return _page(request, _asked(request, pk))


@requires("plan_work")
@require_POST
def absence_request_grant(request: HttpRequest, pk: int) -> HttpResponse:
    asked = _asked(request, pk)
    hits = DaysOff(asked, request.user)
    form = GrantForm(request.POST, hits=bool(hits.visits) and asked.status == "open")
    if not form.is_valid():
        return _page(request, asked, hits=hits, grant=form)
    actions.absence_request_grant(asked=asked, by=request.user, seen=form.seen)
    messages.success(request, _("%(name)s is noted as away.") % {"name": asked.technician})
    if number := len(hits.visits):
        words = ngettext(
            "%(n)s visit is planned in that time. It stays until you move it.",
            "%(n)s visits are planned in that time. They stay until you move them.",
            number,
        )
        messages.warning(request, words % {"n": number})
    return redirect("planning:absence_request_detail", pk)


@requires("plan_work")
@require_POST
def absence_request_decline(request: HttpRequest, pk: int) -> HttpResponse:
    asked = _asked(request, pk)
    form = NoDaysOffForm(request.POST)
    if not form.is_valid():
        return _page(request, asked, decline=form)
    actions.absence_request_decline(asked=asked, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("%(name)s reads your answer on the phone.") % {"name": asked.technician})
    return redirect("planning:absence_request_detail", pk)
