"""What is odd about a booking: worth a warning, and possible with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from apps.planning.rules.spans import Span, subtract

IN_THE_PAST = "in_the_past"
HOLIDAY = "holiday"
ABSENT = "absent"
OUT_OF_HOURS = "out_of_hours"
MISSING_SKILL = "missing_skill"
SLA_MISSED = "sla_missed"
OUTSIDE_WINDOW = "outside_window"

NOON = time(12)


@dataclass(frozen=True)
class Booking:
    """A booking and all that is known about it, as plain values."""

    span: Span
    zone: ZoneInfo
    now: datetime
    working: Sequence[Span] = ()
    absences: Sequence[Span] = ()
    holidays: frozenset[date] = frozenset()
    skill_needed: int | None = None
    skills: frozenset[int] = field(default_factory=frozenset)
    due: datetime | None = None
    preferred_from: date | None = None
    preferred_until: date | None = None
    preferred_part: str = "any"


def warnings(booking: Booking) -> list[str]:
    """The codes of what is odd, most serious first. `working` are hours without holidays or absences taken out."""
    found = []
    span, zone = booking.span, booking.zone
    first, last = span.start.astimezone(zone), span.end.astimezone(zone)
    if span.start < booking.now:
        found.append(IN_THE_PAST)
    if any(span.overlaps(absence) for absence in booking.absences):
        found.append(ABSENT)
    if first.date() in booking.holidays:
        found.append(HOLIDAY)
    elif subtract([span], booking.working):
        found.append(OUT_OF_HOURS)
    if booking.skill_needed is not None and booking.skill_needed not in booking.skills:
        found.append(MISSING_SKILL)
    if booking.due is not None and span.end > booking.due:
        found.append(SLA_MISSED)
    if _outside_window(booking, first, last):
        found.append(OUTSIDE_WINDOW)
    return found


def _outside_window(booking: Booking, first: datetime, last: datetime) -> bool:
    if booking.preferred_from and first.date() < booking.preferred_from:
        return True
    if booking.preferred_until and first.date() > booking.preferred_until:
        return True
    if booking.preferred_part == "morning":
        return first.time() >= NOON
    if booking.preferred_part == "afternoon":
        return first.time() < NOON
    return False
