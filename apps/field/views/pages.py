"""The phone's four tabs."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from apps.core import clock
from apps.core.keeping import kept
from apps.core.numbers import pk_read
from apps.core.web import day_read, requires
from apps.documents.models import StoredFile
from apps.documents.web import file_response
from apps.field.evidence import facts_of
from apps.field.models import EventState, FieldEvent, TimeEntry, Visit
from apps.field.pages import for_technicians, technician_of, visit_of, visits_of
from apps.field.steps import RETURNED, missing
from apps.intake import states as intake_states
from apps.intake.states import RequestStatus
from apps.materials.models import Category, Material
from apps.messaging.models import Notice, PushDevice
from apps.planning.models import Assignment
from apps.technicians.models import Certificate, Technician
from apps.technicians.pages import certificate_lines, certificate_rows
from apps.workorders.states import WorkOrderStatus

AGENDA_DAYS = 7
CATALOGUE_ROWS = 50
TONES = {"travelling": "blue", "started": "blue", "paused": "amber", "finished": "green", "no_access": "red"}


def own_assignments(technician: Technician) -> Any:
    return (
        Assignment.objects.active()
        .filter(technician=technician)
        .select_related(
            "technician__user", "work_order__site", "work_order__customer", "work_order__type",
            "request__site", "request__customer", "request__type",
        )
        .prefetch_related(visits_of(technician.user))
        .order_by("period")
    )  # fmt: skip


def card(assignment: Assignment, waiting: dict[int, int]) -> dict[str, Any]:
    """A planned job or intake visit, as Today and Agenda show it."""
    job: Any = assignment.job
    found = {
        "assignment": assignment,
        "job": job,
        "site": job.site,
        "route_url": job.site.route_url,
        "waiting": waiting.get(assignment.pk, 0),
        "intake": assignment.request_id is not None,
    }
    if assignment.request is not None:
        status = RequestStatus(assignment.request.status)
        return found | {
            "label": intake_states.TECHNICIAN_LABELS.get(status, status.label),
            "tone": intake_states.TONES.get(status, "neutral"),
            "done": status not in (RequestStatus.ACCEPTED, RequestStatus.PLANNED),
        }
    visit = visit_of(assignment)
    facts = facts_of(visit) if visit.pk else None
    returned = bool(facts and facts.returned_open and visit.status != "finished")
    handed_in = visit.status == "finished" and job.status in ("ready_for_review", "in_review")
    label: Any = visit.get_status_display()
    if returned:
        label = RETURNED.label
    elif handed_in:
        label = WorkOrderStatus(job.status) and job.technician_label
    elif visit.held_at:
        label = WorkOrderStatus.ON_HOLD.label
    return found | {
        "visit": visit,
        "label": label,
        "tone": "red" if returned else "amber" if visit.held_at else TONES.get(visit.status, "neutral"),
        "done": visit.status in ("finished", "no_access"),
        "since": getattr(visit, "running_since", None),
        "returned": facts.returned_open if facts else 0,
        "missing": len(missing(facts)) if facts and facts.begun and visit.status != "finished" else 0,
    }


def cards(assignments: list[Assignment], user: Any) -> list[dict[str, Any]]:
    events = FieldEvent.objects.filter(user=user).to_decide().filter(assignment__in=assignments)
    waiting = dict(events.order_by().values_list("assignment").annotate(n=Count("pk"))) if assignments else {}
    return [card(assignment, waiting) for assignment in assignments]


@kept
@requires("record_work")
@require_GET
@for_technicians
def today(request: HttpRequest) -> HttpResponse:
    """What there is to do today, in order, after what was left unfinished on an earlier day."""
    technician = technician_of(request)
    start, end = clock.day_bounds(clock.today())
    own = own_assignments(technician)
    begun = Visit.objects.filter(technician=technician).unfinished()
    # Their keys first: asked with them, Postgres reads every assignment that this technician ever had.
    keys = list(begun.values_list("assignment", flat=True))
    earlier = own.filter(period__endswith__lte=start, work_order__isnull=False, pk__in=keys)
    planned, unfinished = list(own.between(start, end)), list(earlier)
    shown = cards(planned + unfinished, request.user)
    to_explain = TimeEntry.objects.to_explain_by(technician).order_by("started_at")
    context = {
        "day": clock.today(),
        "to_explain": to_explain.select_related("visit__work_order__customer"),
        "jobs": shown[: len(planned)],
        "unfinished": shown[len(planned) :],
        "next": next((one for one in shown[len(planned) :] + shown if not one["done"]), None),
        "notices": Notice.objects.for_user(request.user).unread().count(),
    }
    return render(request, "field/today.html", context)


@kept
@requires("record_work")
@require_GET
@for_technicians
def agenda(request: HttpRequest) -> HttpResponse:
    """A week of one's own plan, ahead or behind."""
    technician = technician_of(request)
    today = clock.today()
    first = day_read(request.GET.get("from", ""), today)
    if not technician.may_see_agenda:
        first = today
    days = AGENDA_DAYS if technician.may_see_agenda else 2
    start, _end = clock.day_bounds(first)
    end, _end = clock.day_bounds(first + timedelta(days=days))
    shown = cards(list(own_assignments(technician).between(start, end)), request.user)
    week = []
    for number in range(days):
        day = first + timedelta(days=number)
        lower, upper = clock.day_bounds(day)
        rows = [
            one for one in shown if one["assignment"].starts_at < upper and one["assignment"].ends_at > lower
        ]
        week.append({"day": day, "jobs": rows, "today": day == today})
    context = {
        "week": week,
        "first": first,
        "last": first + timedelta(days=days - 1),
        "limited": not technician.may_see_agenda,
        "earlier": (first - timedelta(days=AGENDA_DAYS)).isoformat(),
        "later": (first + timedelta(days=AGENDA_DAYS)).isoformat(),
        "is_now": first == today,
    }
    return render(request, "field/agenda.html", context)


@kept
@requires("record_work")
@require_GET
def materials(request: HttpRequest) -> HttpResponse:
    """The catalogue: name, category, unit. Nothing else exists for a technician."""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    category = request.GET.get("category", "")
    visible = Material.objects.for_user(request.user).active().filter(visible_to_technician=True)
    found = visible.search(query)
    if (chosen := pk_read(category)) is not None:
        found = found.filter(category_id=chosen)
    rows = list(found.select_related("category").order_by("name__by_name", "id")[: CATALOGUE_ROWS + 1])
    context = {
        "q": query,
        "category": category,
        "categories": Category.objects.all(),
        "materials": rows[:CATALOGUE_ROWS],
        "more": len(rows) > CATALOGUE_ROWS,
    }
    return render(request, "field/materials.html", context)


@kept
@requires("record_work")
@require_GET
@for_technicians
def me(request: HttpRequest) -> HttpResponse:
    """Who is logged in on this phone, when they work today, and the way out."""
    technician = technician_of(request)
    start, end = clock.day_bounds(clock.today())
    week_end = start + timedelta(days=14)
    absences = technician.absences.filter(
        Q(period__endswith__gt=start) | Q(period__endswith__isnull=True), period__startswith__lt=week_end
    ).order_by("period")
    context = {
        "technician": technician,
        "skills": technician.skills.all(),
        "certificates": certificate_lines(certificate_rows(technician)),
        "today_hours": technician.works.on(clock.today()),
        "away_today": [one for one in absences if one.period.lower is None or one.period.lower < end],
        "absences": absences,
        "asked_off": technician.absence_requests.filter(status="open", period__endswith__gt=start).count(),
        "notices": Notice.objects.for_user(request.user).unread().count(),
        "to_decide": FieldEvent.objects.filter(user=request.user).to_decide().count(),
        "push_devices": PushDevice.objects.for_user(request.user).count(),
    }
    return render(request, "field/me.html", context)


@requires("record_work")
@require_GET
def certificate_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The document of a certificate of one's own."""
    rows = Certificate.objects.filter(technician__user=request.user)
    return file_response(get_object_or_404(StoredFile, pk__in=rows.filter(pk=pk).values("file")))


@kept
@requires("record_work")
@require_GET
def decisions(request: HttpRequest) -> HttpResponse:
    """What did not fit when it came in: what waits for the office, and what became of the rest."""
    events = FieldEvent.objects.filter(user=request.user).of_late(clock.now())
    events = events.select_related(
        "decided_by", "assignment__work_order__customer", "assignment__request__customer"
    )
    rows = list(events.order_by(F("decided_at").desc(nulls_first=True), "-received_at"))
    context = {
        "waiting": [one for one in rows if one.state == EventState.TO_DECIDE],
        "decided": [one for one in rows if one.state == EventState.DECIDED],
    }
    return render(request, "field/decisions.html", context)
