"""A planning run: a month's maintenance spread over the technicians, near each other on one day, for a planner to look at."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from apps.core import clock
from apps.maintenance import rules
from apps.maintenance.models import ContractVisit
from apps.planning.crew import Crew
from apps.planning.queue import Job
from apps.planning.rules.spans import subtract
from apps.planning.rules.suggest import (
    DAY_LATER,
    Stop,
    Suggestion,
    TechnicianDay,
    travel_minutes,
    weighed,
)
from apps.technicians.models import Technician

# More at once nobody looks through.
MOST = 60
# Minutes of trouble: somebody who comes to the region that day already is preferred to a day that is empty.
ELSEWHERE = 45


@dataclass(frozen=True)
class Proposal:
    """Who would make a visit, and when."""

    visit: ContractVisit
    technician: Technician
    start: datetime
    end: datetime
    minutes: int | None  # the way there, where it is known

    @property
    def value(self) -> str:
        """What a tick on the page says: `PlanForm` reads it."""
        return f"{self.visit.pk}.{self.technician.pk}.{self.start:%Y%m%dT%H%M%z}"

    @property
    def day(self) -> date:
        return timezone.localdate(self.start)


@dataclass(frozen=True)
class Run:
    """What is proposed, in the order of the days, and the visits for which there is no room."""

    proposals: list[Proposal]
    left: list[ContractVisit]


def spread(visits: Sequence[ContractVisit], user: Any, month: date) -> Run:
    """Propose a place for each visit, within its window and this month. Nothing is written.

    The visits go by region and postal code, those that end first before the others; each takes the place with the least
    driving on the day with the most room.
    """
    today = clock.today()
    begin, end = max(month, today + timedelta(days=1)), rules.month_end(month)
    if begin > end or not visits:
        return Run([], list(visits))
    crew = Crew(user, begin, (end - begin).days + 1)
    people = {one.pk: one for one in crew.available}
    days = [crew.technician_day(crew.day(one, day)) for one in people.values() for day in crew.days]
    regions: dict[tuple[int, date], set[str]] = {}
    found, left = [], []
    for visit in sorted(visits, key=_order):
        job = Job(visit.work_order)
        best = _best(job, visit, days, regions, crew)
        if best is None:
            left.append(visit)
            continue
        number, one = best
        taken = days[number]
        days[number] = _with(taken, one, job)
        regions.setdefault((taken.technician, taken.day), set()).add(_region(visit))
        minutes = None if one.kilometres is None else travel_minutes(one.kilometres)
        found.append(Proposal(visit, people[one.technician], one.span.start, one.span.end, minutes))
    return Run(sorted(found, key=lambda one: (one.start, one.technician.pk)), left)


def _order(visit: ContractVisit) -> tuple[Any, ...]:
    return (_region(visit), visit.window_until, visit.place.site.postal_code, visit.pk)


def _region(visit: ContractVisit) -> str:
    return visit.place.site.postal_code[:2]


def _best(
    job: Job,
    visit: ContractVisit,
    days: Sequence[TechnicianDay],
    regions: dict[tuple[int, date], set[str]],
    crew: Crew,
) -> tuple[int, Suggestion] | None:
    wanted = job.wanted(job.length)
    now, today = clock.now(), clock.today()
    best: tuple[float, int, Suggestion] | None = None
    for number, day in enumerate(days):
        if wanted.skill is not None and wanted.skill not in day.skills:
            continue
        there = regions.get((day.technician, day.day), set())
        for one in weighed(wanted, day, day.slot.gaps, now=now, today=today, zone=crew.zone):
            if not one.in_window:
                continue
            # A later day of the month is as good as an earlier one.
            trouble = one.trouble - (day.day - today).days * DAY_LATER
            trouble += 0 if _region(visit) in there else ELSEWHERE
            if best is None or (trouble, one.span.start, number) < (best[0], best[2].span.start, best[1]):
                best = (trouble, number, one)
    return None if best is None else (best[1], best[2])


def _with(day: TechnicianDay, one: Suggestion, job: Job) -> TechnicianDay:
    """The same day with this visit on it."""
    gaps = tuple(subtract(day.slot.gaps, [one.span]))
    slot = replace(day.slot, gaps=gaps, free=day.slot.free - one.span.length)
    stop = Stop(one.span, job.wanted(job.length).place)
    return replace(day, slot=slot, stops=(*day.stops, stop))
