"""When else somebody could come: what a customer may choose from on the private page of an appointment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.timezone import localdate

from apps.core import clock
from apps.core.actors import SYSTEM
from apps.planning.crew import Crew
from apps.planning.models import Assignment
from apps.planning.queue import Job
from apps.planning.quick import DAYS, quick_plan
from apps.planning.rules.calendar import arrival_window
from apps.planning.rules.spans import Span
from apps.planning.rules.suggest import Suggestion

# As the office needs a moment to decide: from the day after tomorrow.
NOTICE = timedelta(days=2)
LOOKED_AT = 12
OFFERED = 5


@dataclass(frozen=True)
class Window:
    """A time at which somebody with the skill is free for as long as the visit takes."""

    place: Suggestion

    @property
    def start(self) -> datetime:
        return self.place.span.start

    @property
    def arrival(self) -> Span:
        return arrival_window(self.start)

    @property
    def key(self) -> str:
        return f"{self.start:%Y%m%dT%H%M%z}"


def windows_free(visit: Assignment) -> list[Window]:
    """The best places of the plan, each time once, in their order in time. Whoever comes along has to be free too."""
    length = visit.ends_at - visit.starts_at
    first = clock.today() + NOTICE
    along = list(Assignment.objects.at_once(visit).exclude(pk=visit.pk))
    are_free = _free(along, first)
    found: dict[datetime, Window] = {}
    limit = LOOKED_AT * (1 + len(along))
    for offer in quick_plan(Job(visit.job), SYSTEM, length=length, first=first, limit=limit):
        place = offer.suggestion
        if place.in_time and offer.start != visit.starts_at and are_free(place):
            found.setdefault(arrival_window(offer.start).start, Window(place))
    return sorted(list(found.values())[:OFFERED], key=lambda one: one.start)


def _free(along: list[Assignment], first: date) -> Callable[[Suggestion], bool]:
    """Whether all of them can be there from the beginning of a place, as long as they stay; nobody counts twice."""
    if not along:
        return lambda place: True
    crew = Crew(SYSTEM, first, DAYS)
    people = {one.pk: one for one in crew.available}

    def can(visit: Assignment, place: Suggestion) -> bool:
        technician = people.get(visit.technician_id)
        if technician is None or technician.pk == place.technician:
            return False
        start, end = place.span.start, place.span.start + (visit.ends_at - visit.starts_at)
        gaps = crew.day(technician, localdate(start)).slot.gaps
        return any(gap.start <= start and end <= gap.end for gap in gaps)

    return lambda place: all(can(one, place) for one in along)
