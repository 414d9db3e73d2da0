"""The customer's private page of an appointment: see it, confirm it, ask for another time or to have it taken off."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.company.models import Company
from apps.core import clock
from apps.core.actors import Customer
from apps.core.refusals import Refused
from apps.core.web import made_file
from apps.messaging.private_links import Door
from apps.planning import actions
from apps.planning.actions.messages import visit_calendar, visit_title, who_comes
from apps.planning.facts import addressee, span_of
from apps.planning.forms import AskMoveForm, AskOffForm, SeenForm
from apps.planning.models import Appointment
from apps.planning.rules.calendar import arrival_window
from apps.planning.states import ChangeKind
from apps.planning.windows import windows_free

# So long after the visit its page still says what was agreed.
KEPT = timedelta(days=30)


def _rows() -> Any:
    return Appointment.objects.with_visit()


by_link = Door(
    rows=_rows,
    live=lambda rows: rows.filter(assignment__period__endswith__gt=clock.now() - KEPT),
    language=lambda appointment: appointment.assignment.job.customer.language,
)


def _by(appointment: Appointment) -> Customer:
    return Customer(addressee(appointment.assignment.job))


def _page(
    request: HttpRequest, appointment: Appointment, *, status: int = 200, sentence: str = "", **forms: Any
) -> HttpResponse:
    """The page as it stands now, whatever was asked of it; a form among `forms` takes the place of an empty one."""
    appointment = _rows().get(pk=appointment.pk)
    visit = appointment.assignment
    asked = appointment.change_requests.select_related("wanted_technician__user").last()
    is_to_come = visit.active and visit.starts_at > clock.now()
    waits = asked is not None and asked.status == "open"
    may_ask = is_to_come and not waits
    if "move_form" not in forms:  # the one that was sent has looked at the plan already
        forms["move_form"] = AskMoveForm(windows=windows_free(visit) if may_ask else [])
    seen = int(visit.starts_at.timestamp())
    context = {
        "appointment": appointment,
        "visit": visit,
        "job": visit.job,
        "what": visit_title(visit),
        "window": arrival_window(visit.starts_at),
        "people": who_comes(visit),
        "asked": asked,
        "wanted": arrival_window(asked.wanted_period.lower) if asked and asked.wanted_period else None,
        "is_to_come": is_to_come,
        "is_confirmed": appointment.confirmed_start == visit.starts_at,
        "may_ask": may_ask,
        "seen": seen,
        "off_form": AskOffForm(),
        "sentence": sentence,
        "company": Company.objects.row(),
        "token": request.link_token,  # type: ignore[attr-defined]
    }
    return render(request, "planning/appointment_public.html", context | forms, status=status)


def _back(request: HttpRequest) -> HttpResponse:
    response = redirect("appointment:show", token=request.link_token)  # type: ignore[attr-defined]
    response.status_code = 303
    return response


def _seen(request: HttpRequest) -> datetime | None:
    """The beginning that the customer's page showed; None when it names none."""
    form = SeenForm(request.POST)
    if not form.is_valid():
        return None
    try:
        return datetime.fromtimestamp(form.cleaned_data["seen"], tz=timezone.get_default_timezone())
    except (ValueError, OverflowError, OSError):  # in no year that a calendar has
        return None


@require_safe
@by_link
def show(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    return _page(request, appointment)


def _act(
    request: HttpRequest, appointment: Appointment, act: Callable[..., Any], **given: Any
) -> HttpResponse:
    """What the customer does, of the visit as their page showed it; a refusal says how it stands now."""
    try:
        act(appointment=appointment, seen=_seen(request), by=_by(appointment), **given)
    except Refused as refusal:
        return _page(request, appointment, status=409, sentence=str(refusal))
    return _back(request)


@require_POST
@by_link
def appointment_confirm(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    return _act(request, appointment, actions.appointment_confirm)


@require_POST
@by_link
def appointment_move_ask(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """Another time, of those that are free at this very moment; or in words."""
    windows = windows_free(appointment.assignment)
    form = AskMoveForm(request.POST, windows=windows)
    if not form.is_valid():
        return _page(request, appointment, status=422, move_form=form, asks_move=True)
    chosen = form.cleaned_data["window"]
    place = next((one.place for one in windows if one.key == chosen), None)
    words = form.cleaned_data["words"]
    return _act(
        request, appointment, actions.change_request_add, kind=ChangeKind.MOVE, words=words, place=place
    )


@require_POST
@by_link
def appointment_off_ask(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    form = AskOffForm(request.POST)
    if not form.is_valid():
        return _page(request, appointment, status=422, off_form=form, asks_off=True)
    words = form.cleaned_data["words"]
    return _act(request, appointment, actions.change_request_add, kind=ChangeKind.CANCEL, words=words)


@require_safe
@by_link
def appointment_calendar(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """The same calendar entry as in the mail, as the visit stands now."""
    visit = appointment.assignment
    text = visit_calendar(appointment, visit, span_of(visit.period), cancelled=not visit.active)
    return made_file(text.encode(), _("appointment") + ".ics", "text/calendar")
