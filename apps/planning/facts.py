"""What the rules want to know, read from the database as plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from apps.company.models import Holiday
from apps.core import clock
from apps.customers.models import MailPurpose
from apps.intake.models import Request, RequestType
from apps.planning.models import Assignment
from apps.planning.rules import warnings as odd
from apps.planning.rules.spans import Shift, Span, last_day, working_spans
from apps.technicians.models import Absence, Certificate, Technician, Works
from apps.technicians.rules import Proofs, WorkWeeks
from apps.workorders.models import WorkOrder

SHORTEST = timedelta(hours=1)


@dataclass(frozen=True)
class Recipient:
    """Who gets the mail about an appointment."""

    name: str
    address: str


def recipient(job: WorkOrder | Request) -> Recipient | None:
    """The contact of the job, or its customer; None when neither has an address."""
    contact, customer = job.contact, job.customer
    if contact and contact.email:
        return Recipient(contact.name, contact.email)
    address = customer.mail_for(MailPurpose.PLANNING)
    return Recipient((contact and contact.name) or customer.name, address) if address else None


def addressee(job: WorkOrder | Request) -> str:
    """Who answers for the customer: the name that a mail would go to, or else the customer's own."""
    to = recipient(job)
    return to.name if to else job.customer.name


def confirms(job: WorkOrder | Request) -> bool:
    """Whether the customer hears of its visits by mail."""
    return job.confirm_to_customer if isinstance(job, WorkOrder) else True


def too_few(visit: Assignment, together: int | None = None) -> bool:
    """Whether fewer come to the first visit of a job than it needs; who comes back for what was left may come alone.

    `together` are those who come, where that is known already.
    """
    order = visit.work_order
    if order is None or order.status != "planned" or order.left_over or order.people < 2:
        return False
    return (Assignment.objects.at_once(visit).count() if together is None else together) < order.people


def zone() -> ZoneInfo:
    """Where the company is."""
    return timezone.get_default_timezone()  # type: ignore[return-value]


def hours_rows(first: date, last: date) -> QuerySet:
    """Who works when on these days, as `WorkWeeks` takes it."""
    return Works.objects.between(first, last).stretches()


def shifts_of(technician: Technician, weeks: WorkWeeks, day: date) -> list[Shift]:
    """The hours of that day."""
    return [Shift(day.isoweekday(), *one) for one in weeks.on(technician.pk, day)]


def span_of(period: object) -> Span:
    return Span(period.lower, period.upper)  # type: ignore[attr-defined]


def holiday_rows(first: date, last: date) -> QuerySet:
    return Holiday.objects.filter(day__range=(first, last)).values_list("day", "name")


def holidays_between(first: date, last: date) -> dict[date, str]:
    return dict(holiday_rows(first, last))


def shortest_rows() -> QuerySet:
    """The minutes of the shortest kind of visit."""
    types = RequestType.objects.filter(active=True)
    return types.order_by("minutes").values_list("minutes", flat=True)[:1]


def shortest_job(rows: Iterable[int] | None = None) -> timedelta:
    """The length of the shortest kind of visit: what a day must have room for to be worth a look."""
    found = list(shortest_rows() if rows is None else rows)
    return timedelta(minutes=found[0]) if found else SHORTEST


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
    here, span = zone(), Span(start, end)
    days = _days(start, end, here)
    proofs = Proofs(Certificate.objects.proofs().filter(technician=technician))
    holidays = holidays_between(days[0], days[-1])
    weeks = WorkWeeks(hours_rows(days[0], days[-1]).filter(technician=technician))
    absences = Absence.objects.filter(technician=technician, period__overlap=(start, end))
    return odd.warnings(
        odd.Booking(
            span=span,
            zone=here,
            now=clock.now(),
            working=[
                span
                for day in days
                for span in _day_hull(working_spans(day, shifts_of(technician, weeks, day), here))
            ],
            absences=[span_of(one.period) for one in absences],
            holidays=frozenset(holidays),
            skill_needed=skill_needed(job),
            skills=proofs.skills(
                technician.pk, technician.skills.values_list("pk", flat=True), last_day(span, here)
            ),
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
