"""The planning review of a day: everything odd about the plan, most serious first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core import formats
from apps.planning.board import Board
from apps.planning.facts import skill_needed, span_of, too_few
from apps.planning.models import Assignment
from apps.planning.queue import Job
from apps.planning.rules import warnings as odd
from apps.planning.rules.spans import Span, day_span, last_day
from apps.planning.states import ODDITIES
from apps.workorders.models import WorkOrder

TONES = {
    "left": "r", "double": "r", odd.ABSENT: "r", odd.SLA_MISSED: "r", odd.MISSING_SKILL: "r", "unassigned": "a", "too_few": "a",
    "over_capacity": "a", odd.HOLIDAY: "a", odd.OUT_OF_HOURS: "a", odd.OUTSIDE_WINDOW: "a",
}  # fmt: skip
ORDER = list(TONES)


@dataclass(frozen=True)
class Oddity:
    code: str
    text: str
    url: str
    action: str

    @property
    def label(self) -> Any:
        return ODDITIES[self.code]

    @property
    def tone(self) -> str:
        return TONES[self.code]


def oddities(board: Board, waiting: Iterable[Job]) -> list[Oddity]:
    """What is odd about the days on the board, and the jobs that wait although they are due."""
    found: list[Oddity] = []
    for cell in board.cells:
        day = cell.day
        found += _doubles(day.bookings)
        if day.overbooked and not day.slot.doubled:
            words = {"technician": day.technician, "time": formats.duration(day.overbooked)}
            text = _("%(technician)s has %(time)s more than the day holds") % words
            found.append(Oddity("over_capacity", text, _address(day.bookings[-1]), _("Move a visit")))
        for booking in day.bookings:
            found += [_odd(booking, code) for code in _codes(board, booking)]
    found += _too_few(board.crew.bookings)
    for job in waiting:
        text = f"{job.record} {job.record.customer}"
        if job.due:
            text += " · " + _("due %(when)s") % {"when": formats.moment(job.due)}
        found.append(Oddity("unassigned", text, f"{reverse('planning:quick_plan')}?job={job.key}", _("Plan")))
    return sorted(found, key=lambda one: ORDER.index(one.code))


def _codes(board: Board, booking: Assignment) -> list[str]:
    crew, technician, job = board.crew, booking.technician, booking.job
    who = next((one for one in crew.technicians if one.pk == technician.pk), None)
    if who is None:
        return []
    if not who.in_service or who.has_left(timezone.localdate(booking.starts_at)):
        return ["left"]
    hulls = [hull for day in crew.days if (hull := _hull(crew.working(who, day)))]
    span = span_of(booking.period)
    whole = Span(day_span(crew.days[0], crew.zone).start, day_span(crew.days[-1], crew.zone).end)
    facts = odd.Booking(
        span=Span(max(span.start, whole.start), min(span.end, whole.end)),
        zone=crew.zone,
        now=span.start,
        working=hulls,
        absences=crew.absence_spans(who),
        holidays=frozenset(crew.holidays),
        skill_needed=skill_needed(job),
        skills=crew.skill_ids(who, last_day(span, crew.zone)),
        due=job.complete_by if isinstance(job, WorkOrder) and not job.is_done else None,
        preferred_from=job.preferred_from,
        preferred_until=job.preferred_until,
        preferred_part=job.preferred_part,
    )
    return odd.warnings(facts)


def _hull(spans: list[Span]) -> Span | None:
    return Span(spans[0].start, spans[-1].end) if spans else None


def _doubles(bookings: tuple[Assignment, ...]) -> list[Oddity]:
    found = []
    for n, one in enumerate(bookings):
        for other in bookings[n + 1 :]:
            if span_of(one.period).overlaps(span_of(other.period)):
                words = {"technician": one.technician, "one": one.job, "other": other.job}
                text = _("%(technician)s: %(one)s and %(other)s") % words
                found.append(Oddity("double", text, _address(other), _("Move one")))
    return found


def _too_few(bookings: Iterable[Assignment]) -> list[Oddity]:
    together: dict[tuple[int | None, datetime], list[Assignment]] = {}
    for one in bookings:
        together.setdefault((one.work_order_id, one.starts_at), []).append(one)
    found = []
    for first, *others in together.values():
        if first.work_order and too_few(first, 1 + len(others)):
            words = {"job": first.job, "n": 1 + len(others), "needed": first.work_order.people}
            text = _("%(job)s: %(n)s of %(needed)s technicians") % words
            place = f"{reverse('planning:assignment_place')}?job=w{first.work_order_id}&beside={first.pk}"
            found.append(Oddity("too_few", text, place, _("Second technician")))
    return found


def _odd(booking: Assignment, code: str) -> Oddity:
    when = formats.period(booking.starts_at, booking.ends_at)
    return Oddity(code, f"{booking.technician}: {booking.job}, {when}", _address(booking), _("Move"))


def _address(booking: Assignment) -> str:
    return reverse("planning:assignment_detail", args=[booking.pk])
