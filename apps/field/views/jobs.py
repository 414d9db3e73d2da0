"""One job on the phone: its steps, and the button that does the next thing."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.core import clock, formats
from apps.core.formats import clock_time
from apps.core.outbox import is_sent_later
from apps.core.together import together
from apps.documents.web import file_response
from apps.field import rules, states
from apps.field.actions import arrival_told, is_told, trip_minutes
from apps.field.around import Around, visits_before
from apps.field.events import EVENTS, fits
from apps.field.evidence import duration_of, facts_of
from apps.field.models import FieldEvent, TimeEntry, TimeKind, Visit, VisitPhoto
from apps.field.pages import back_to_job, event_post, for_job, order_of, own_or_404, press
from apps.field.rules import Facts
from apps.field.steps import FINISH, RETURNED, SIGN_OFF, START, TRAVEL, PhoneStep, Seen, next_step, steps_of
from apps.planning.models import Assignment
from apps.workorders.models import WorkOrder, WorkOrderFile

HISTORY = 20  # visits at the same address


@for_job
@require_GET
def job(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    facts = facts_of(visit)
    times: list[Any] = list(visit.time_entries.with_closing().with_proposal()) if visit.pk else []
    now = clock.now()
    seen = Seen(facts, visit, times, now)
    steps = [step_row(step, seen, assignment) for step in steps_of(facts)]
    order = order_of(assignment)
    around = Around(assignment, order, request.user)
    together(*around.questions)
    button = next_button(facts, assignment, visit)
    context = {
        "assignment": assignment,
        "visit": visit,
        "order": order,
        "site": order.site,
        "facts": facts,
        "steps": steps,
        "step_count": len(steps),
        "next": button,
        "route_url": order.site.route_url,
        "work": duration_of(times, TimeKind.WORK, now),
        "since": getattr(visit, "running_since", None),
        "to_explain": any(entry.is_long and entry.proposed_end is None for entry in times),
        "closings": [entry for entry in times if entry.closed_by_number or entry.closed_number],
        "to_bring": around.to_bring,
        "when": around.when,
        "colleagues": around.names,
        "after": around.next,
        "nothing_after": around.nothing_after,
        "before": around.before.value,
        "files": around.files,
        "devices": around.devices,
        "returned": visit.returned_items.all() if facts.returned_open or visit.status == "paused" else [],
        "decisions": FieldEvent.objects.filter(assignment=assignment, user=request.user)
        .of_late(now)
        .select_related("decided_by"),
        "still_mine": assignment.active and assignment.technician.user_id == request.user.pk,
        "no_access": no_access_said(visit),
        "fits": {way: sorted(EVENTS[way].fits) for way in ("no_access", "hold", "goes_on")},
        "is_last": button is not None and button["label"] == str(FINISH.press),
        # Somebody else showed how it was found: whoever is there already need not travel first.
        "hears": hears(visit, order, now) if next_step(facts) is TRAVEL else {},
        "may_start": visit.status == "assigned" and rules.start_fits(facts),
    }
    return render(request, "field/job.html", context)


def hears(visit: Visit, order: WorkOrder, now: datetime) -> dict[str, Any]:
    """What the customer is told of who leaves now, which is asked about first; empty when nothing is told. A page that
    stood for a while says it by its words and the minutes of the trip (js/arrival.js)."""
    if not is_told(visit, order, now):
        return {}
    minutes = trip_minutes(visit, now)
    if minutes is None:
        return {"said": _("The customer is mailed that you have left.")}
    words = _("Leave at %(now)s, and the customer is mailed: there at about %(time)s.")
    said = words % {"now": clock_time(now), "time": clock_time(arrival_told(now, minutes))}
    return {"said": said, "minutes": minutes, "words": words % {"now": "{now}", "time": "{time}"}}


def no_access_said(visit: Visit) -> FieldEvent | None:
    """What was reported by whoever found nobody there."""
    if visit.status != "no_access":
        return None
    return FieldEvent.objects.filter(visit=visit, kind="no_access").order_by("-received_at").first()


@for_job
@require_GET
def site_history(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    """What was done at this address before, by whoever did it: no amount, and nothing of another address."""
    order = order_of(assignment)
    rows = visits_before(order).select_related("work_order__equipment", "technician__user", "assignment")
    context = {
        "assignment": assignment,
        "site": order.site,
        "equipment": order.equipment_id,
        "visits": rows.prefetch_related("materials__material", "deviations")[:HISTORY],
    }
    return render(request, "field/site_history.html", context)


def step_row(step: PhoneStep, seen: Seen, assignment: Assignment) -> dict[str, Any]:
    """One row of the list of steps."""
    facts, visit = seen.facts, seen.visit
    done, current = step.is_done(facts), step is next_step(facts)
    reachable = facts.status in step.opens
    address = reverse(step.page, args=[assignment.pk]) if step.page else ""
    row = {
        "key": step.key,
        "address": address,
        "press": _("Go on with the work") if step is TRAVEL and visit.held_at else step.press,
        "label": step.label,
        "icon": step.icon,
        "state": "done" if done else "now" if current else "" if reachable else "later",
        "url": address if reachable else "",
        "note": step.note(seen),
    }
    if step is START and facts.running == TimeKind.WORK:
        row |= {"since": visit.running_since, "clock": formats.duration(seen.now - visit.running_since)}
    if step is SIGN_OFF and facts.signature_outdated:
        row["state"] = "now" if current else "returned"
    return row


def next_button(facts: Facts, assignment: Assignment, visit: Visit) -> dict[str, Any] | None:
    """What the large button at the thumb does: it always does the next thing."""
    if facts.status == "paused" and (visit.held_at or facts.running == TimeKind.PAUSE):
        return _button("resume", _("Go on with the work"), "play", assignment)
    step = next_step(facts)
    if step is None:
        return None
    if step is TRAVEL and visit.held_at:
        return _button("travel", _("Go on with the work"), "play", assignment)
    said = {"label": str(step.press), "icon": step.icon, "post": False}
    if step is RETURNED:
        return said | {"url": "#returned"}
    if step.page:
        return said | {"url": reverse(step.page, args=[assignment.pk])}
    return _button(step.key, str(step.press), step.icon, assignment)


def _button(verb: str, label: str, icon: str, assignment: Assignment) -> dict[str, Any]:
    return {"url": reverse(f"phone:{verb}", args=[assignment.pk]), "label": label, "icon": icon, "post": True}


# -- the clock ---------------------------------------------------------------------------


def _second_clock(
    request: HttpRequest, assignment: Assignment, visit: Visit, kind: str, *, other_day: bool = False
) -> HttpResponse | None:
    """The question whether the clock that runs at another job may stop; None when there is nothing to ask."""
    if not fits(kind, visit.status) or is_sent_later(request):
        return None
    running = (
        TimeEntry.objects.running()
        .filter(technician__user=request.user)
        .exclude(visit=visit.pk)
        .select_related("visit__work_order__customer")
        .first()
    )
    if running is None or request.POST.get("stops") == str(running.pk):
        return None
    context = {
        "assignment": assignment,
        "order": assignment.work_order,
        "visit": visit,
        "running": running,
        "other_day": other_day,
        "go": reverse(f"phone:{kind}", args=[assignment.pk]),
    }
    return render(request, "field/clock_sure.html", context, status=422)


@for_job
@require_POST
def travel(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    """Leave for the job. The customer is mailed so: for a visit of another day that is asked about first."""
    today = localdate(assignment.starts_at) <= clock.today() <= localdate(assignment.ends_at)
    if asked := _second_clock(request, assignment, visit, "travel", other_day=not today):
        return asked
    answered = "sure" in request.POST or "stops" in request.POST or is_sent_later(request)
    if fits("travel", visit.status) and not today and not answered:
        context = {"assignment": assignment, "order": assignment.work_order, "visit": visit}
        return render(request, "field/travel_sure.html", context, status=422)
    return press(request, assignment, visit, "travel")


@for_job
@require_POST
def turn_back(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    """Not on the way after all: a mail that says so and has not left never leaves."""
    return press(request, assignment, visit, "turn_back")


@for_job
@require_POST
def start(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    blind = fits("start", visit.status) and not facts_of(visit).before_photos
    if blind and not is_sent_later(request):
        messages.error(request, str(states.UNFIT["needs_before_photo"]))
        return back_to_job(assignment)
    asked = _second_clock(request, assignment, visit, "start")
    return asked or press(request, assignment, visit, "start")


@for_job
@require_POST
def pause(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    return press(request, assignment, visit, "pause")


@for_job
@require_POST
def stop(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    return press(request, assignment, visit, "stop")


@for_job
@require_POST
def resume(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    asked = _second_clock(request, assignment, visit, "resume")
    return asked or press(request, assignment, visit, "resume")


@for_job
@require_POST
def returned_fixed(request: HttpRequest, assignment: Assignment, visit: Visit, item: int) -> HttpResponse:
    """Say that one item which the office returned is corrected."""
    own_or_404(request, visit, "returned_items", item)
    event_post(request, assignment, "returned_fixed", {"item": item})
    return back_to_job(assignment)


# -- files ----------------------------------------------------------------------------------


@for_job
@require_GET
def photo(request: HttpRequest, assignment: Assignment, visit: Visit, photo: int) -> HttpResponseBase:
    """A photo of this job, also one that a colleague took."""
    found = get_object_or_404(
        VisitPhoto.objects.select_related("file"), pk=photo, visit__work_order=assignment.work_order_id
    )
    return file_response(found.file, thumbnail="thumb" in request.GET)


@for_job
@require_GET
def file(request: HttpRequest, assignment: Assignment, visit: Visit, file: int) -> HttpResponseBase:
    """A document that belongs to the job."""
    found = get_object_or_404(
        WorkOrderFile.objects.for_user(request.user).select_related("file"),
        pk=file,
        work_order=assignment.work_order_id,
    )
    return file_response(found.file)
