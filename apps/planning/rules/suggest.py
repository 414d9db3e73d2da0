"""Quick plan: who could do a job best, and when. Costs are minutes of trouble; the least comes first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from apps.core.degrees import distance_km
from apps.planning.rules.slots import Slot
from apps.planning.rules.spans import Span

Place = tuple[float, float]
QUARTER = timedelta(minutes=15)
# Straight lines are shorter than roads, and a van stands in traffic.
ROAD_FACTOR = 1.3
SPEED_KMH = 50

SHOWN = 6
DAY_LATER = 40
OTHER_TIME = 90
FULL_DAY = 60
OUTSIDE_WINDOW = 600
AFTER_DUE = 2000
NO_POSITION = 25


@dataclass(frozen=True)
class Wanted:
    """The job: how long it takes and what it asks for."""

    length: timedelta
    skill: int | None = None
    due: datetime | None = None
    place: Place | None = None
    preferred_from: date | None = None
    preferred_until: date | None = None
    preferred_part: str = "any"
    # When it is planned by now: the customer is spared another time.
    planned: datetime | None = None


@dataclass(frozen=True)
class Stop:
    """A booking with where it is."""

    span: Span
    place: Place | None


@dataclass(frozen=True)
class TechnicianDay:
    technician: int
    day: date
    slot: Slot
    skills: frozenset[int]
    home: Place | None = None
    stops: tuple[Stop, ...] = ()


@dataclass(frozen=True, order=True)
class Suggestion:
    trouble: float
    span: Span
    technician: int
    kilometres: float | None = field(compare=False)
    load: int = field(compare=False)
    in_time: bool = field(compare=False)
    in_window: bool = field(compare=False)


def suggestions(
    wanted: Wanted, days: Iterable[TechnicianDay], *, now: datetime, zone: ZoneInfo, limit: int = SHOWN
) -> list[Suggestion]:
    """The best slots, at most two for one technician. Those who lack the skill are not suggested."""
    found: list[Suggestion] = []
    first_day = now.astimezone(zone).date()
    for one in days:
        if wanted.skill is None or wanted.skill in one.skills:
            found += weighed(wanted, one, one.slot.gaps, now=now, today=first_day, zone=zone)
    best: list[Suggestion] = []
    for suggestion in sorted(found):
        of_same = [it for it in best if it.technician == suggestion.technician]
        if len(of_same) < 2 and all(it.span.start.date() != suggestion.span.start.date() for it in of_same):
            best.append(suggestion)
        if len(best) == limit:
            break
    return best


def weighed(
    wanted: Wanted, one: TechnicianDay, gaps: Sequence[Span], *, now: datetime, today: date, zone: ZoneInfo
) -> list[Suggestion]:
    """Each place in the gaps of a day that is long enough, with what it costs."""
    return [
        _weigh(wanted, one, Span(start, start + wanted.length), today, zone)
        for start in _starts(wanted, one, gaps, now, zone)
    ]


def _starts(
    wanted: Wanted, one: TechnicianDay, gaps: Sequence[Span], now: datetime, zone: ZoneInfo
) -> list[datetime]:
    """In each gap that is long enough with the way there and to the next visit: the first possible moment, noon when
    the customer prefers the afternoon, and when it is planned by now."""
    found = []
    for gap in gaps:
        room = _room(wanted.place, one, gap, now)
        start = rounded_up(room.start)
        candidates = [start]
        if wanted.planned and wanted.planned >= room.start:
            candidates.append(wanted.planned)
        if wanted.preferred_part == "afternoon":
            noon = start.astimezone(zone).replace(hour=12, minute=0, second=0, microsecond=0)
            candidates.append(rounded_up(max(start, noon.astimezone(start.tzinfo))))
        found += [at for at in dict.fromkeys(candidates) if at + wanted.length <= room.end]
    return found


def _room(place: Place | None, one: TechnicianDay, gap: Span, now: datetime) -> Span:
    """The part of a gap in which the technician can be at the place: after the way there from where he is before, in time
    for the way to the visit after. From home he leaves before his hours, but not in the past."""
    before = max(
        (it for it in one.stops if it.span.end <= gap.start), key=lambda it: it.span.end, default=None
    )
    after = min(
        (it for it in one.stops if it.span.start >= gap.end), key=lambda it: it.span.start, default=None
    )
    way = travel_time(before.place if before else one.home, place)
    there = max(gap.start, now + way, before.span.end + way if before else gap.start)
    away = min(gap.end, after.span.start - travel_time(place, after.place)) if after else gap.end
    return Span(there, max(there, away))


def _weigh(wanted: Wanted, one: TechnicianDay, span: Span, today: date, zone: ZoneInfo) -> Suggestion:
    start = span.start.astimezone(zone)
    load = round(one.slot.used / one.slot.capacity * 100) if one.slot.capacity else 100
    kilometres = _detour(wanted.place, one, span)
    in_time = wanted.due is None or span.end <= wanted.due
    in_window = _in_window(wanted, start)
    trouble = (
        (start.date() - today).days * DAY_LATER
        + load / 100 * FULL_DAY
        + (NO_POSITION if kilometres is None else travel_minutes(kilometres))
        + (0 if in_time else AFTER_DUE)
        + (0 if in_window else OUTSIDE_WINDOW)
        + (0 if wanted.planned in (None, span.start) else OTHER_TIME)
    )
    return Suggestion(trouble, span, one.technician, kilometres, load, in_time, in_window)


def _in_window(wanted: Wanted, start: datetime) -> bool:
    if wanted.preferred_from and start.date() < wanted.preferred_from:
        return False
    if wanted.preferred_until and start.date() > wanted.preferred_until:
        return False
    if wanted.preferred_part == "morning":
        return start.hour < 12
    return start.hour >= 12 if wanted.preferred_part == "afternoon" else True


def _detour(place: Place | None, one: TechnicianDay, span: Span) -> float | None:
    """Kilometres from where the technician is before the slot: the job before, or home."""
    before = [stop for stop in one.stops if stop.span.end <= span.start and stop.place]
    origin = max(before, key=lambda stop: stop.span.end).place if before else one.home
    return distance_km(origin, place) if origin and place else None


def place_of(latitude: float | None, longitude: float | None) -> Place | None:
    """Where somebody or something is, when both are known."""
    return None if latitude is None or longitude is None else (latitude, longitude)


def travel_minutes(kilometres: float) -> int:
    """An estimate by road from a straight line."""
    return round(kilometres * ROAD_FACTOR / SPEED_KMH * 60)


def travel_time(one: Place | None, other: Place | None) -> timedelta:
    """How long the way takes; nothing where it is not known."""
    return timedelta(minutes=travel_minutes(distance_km(one, other))) if one and other else timedelta()


def rounded_up(at: datetime) -> datetime:
    """The next quarter of an hour, or `at` when it is one."""
    floor = at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)
    return floor if floor == at else floor + QUARTER


def work_length(hours: float, people: int = 1) -> timedelta:
    """How long a job of so many sold hours takes, in one day or several: shared by the people, in quarters."""
    if hours <= 0:
        return timedelta(hours=2)
    quarters = -(-int(hours * 60) // (max(1, people) * 15))
    return max(QUARTER, quarters * QUARTER)


def visit_length(hours: float, people: int = 1) -> timedelta:
    """How long to book for a job of so many sold hours: a day of eight hours at most."""
    return min(timedelta(hours=8), work_length(hours, people))
