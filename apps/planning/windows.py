"""When else somebody could come: what a customer may choose from on the private page of an appointment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.core import clock
from apps.core.actors import SYSTEM
from apps.planning.models import Assignment
from apps.planning.queue import Job
from apps.planning.quick import quick_plan
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
    """The best places of the plan, each time once, in their order in time."""
    length = visit.ends_at - visit.starts_at
    first = clock.today() + NOTICE
    found: dict[datetime, Window] = {}
    for offer in quick_plan(Job(visit.job), SYSTEM, length=length, first=first, limit=LOOKED_AT):
        if offer.suggestion.in_time and offer.start != visit.starts_at:
            found.setdefault(arrival_window(offer.start).start, Window(offer.suggestion))
    return sorted(list(found.values())[:OFFERED], key=lambda one: one.start)
