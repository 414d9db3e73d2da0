"""What the rules want to know, read from the database as plain values."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from apps.company.models import Holiday, OpeningHours
from apps.core import clock
from apps.intake.models import Request, RequestType
from apps.planning.models import Assignment
from apps.planning.rules import warnings as odd
from apps.planning.rules.spans import Shift, Span, working_spans
from apps.technicians.models import Absence, Technician
from apps.workorders.models import WorkOrder

SHORTEST = timedelta(hours=1)


def zone() -> ZoneInfo:
    """Where the company is."""
    return timezone.get_default_timezone()  # type: ignore[return-value]


def opening_shifts() -> list[Shift]:
    return [Shift(one.weekday, one.opens, one.closes) for one in OpeningHours.objects.all()]


def shifts_of(technician: Technician, opening: Iterable[Shift]) -> list[Shift]:
    """The technician's own hours; the company's when none are noted. Uses prefetched patterns."""
    own = [Shift(one.weekday, one.starts, one.ends) for one in technician.patterns.all()]
    return own or list(opening)


def span_of(period: object) -> Span:
    return Span(period.lower, period.upper)  # type: ignore[attr-defined]


def holidays_between(first: date, last: date) -> dict[date, str]:
    return dict(Holiday.objects.filter(day__range=(first, last)).values_list("day", "name"))


def shortest_job() -> timedelta:
    """The length of the shortest kind of visit: what a day must have room for to be worth a look."""
    minutes = RequestType.objects.filter(active=True).order_by("minutes").values_list("minutes", flat=True)
    return timedelta(minutes=minutes[0]) if minutes[:1] else SHORTEST


def skill_needed(job: WorkOrder | Request) -> int | None:
    return job.skill_id if isinstance(job, WorkOrder) else job.type.skill_id


def clashes(
    *, technician: Technician, start: datetime, end: datetime, besides: int | None = None
) -> list[Assignment]:
    """The bookings that the technician already has then, with what a planner wants to know of them."""
    rows = Assignment.objects.active().filter(technician=technician).between(start, end)
    return list(rows.exclude(pk=besides or 0).with_job().order_by("pk"))


def booking_warnings(
    *, job: WorkOrder | Request, technician: Technician, start: datetime, end: datetime
) -> list[str]:
    """The codes of what is odd about booking `technician` for `job` then. Knows nothing of double bookings."""
    here = zone()
    days = _days(start, end, here)
    holidays = holidays_between(days[0], days[-1])
    shifts = shifts_of(technician, opening_shifts())
    absences = Absence.objects.filter(technician=technician, period__overlap=(start, end))
    return odd.warnings(
        odd.Booking(
            span=Span(start, end),
            zone=here,
            now=clock.now(),
            working=[span for day in days for span in _day_hull(working_spans(day, shifts, here))],
            absences=[span_of(one.period) for one in absences],
            holidays=frozenset(holidays),
            skill_needed=skill_needed(job),
            skills=frozenset(technician.skills.values_list("pk", flat=True)),
            due=job.complete_by if isinstance(job, WorkOrder) else None,
            preferred_from=job.preferred_from,
            preferred_until=job.preferred_until,
            preferred_part=job.preferred_part,
        )
    )


def _day_hull(spans: list[Span]) -> list[Span]:
    """From the first minute of the day to the last: a booking may run through a break."""
    return [Span(spans[0].start, spans[-1].end)] if spans else []


def _days(start: datetime, end: datetime, here: ZoneInfo) -> list[date]:
    first, last = start.astimezone(here).date(), end.astimezone(here).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
