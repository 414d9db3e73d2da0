"""A technician is ill today: to whom each visit of the day can go, and when, with the reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from apps.core import clock, formats
from apps.planning.crew import Crew
from apps.planning.facts import span_of
from apps.planning.models import Assignment
from apps.planning.queue import Job
from apps.planning.rules.slots import slot_state
from apps.planning.rules.suggest import (
    Stop,
    Suggestion,
    TechnicianDay,
    place_of,
    suggestions,
    travel_minutes,
)
from apps.technicians.models import Technician

DAYS = 5
CHOICES = 5
QUEUE = "queue"


@dataclass(frozen=True)
class Option:
    """Somebody else who can come, and when."""

    place: Suggestion
    technician: Technician
    planned: datetime

    @property
    def key(self) -> str:
        return f"{self.technician.pk}-{int(self.place.span.start.timestamp())}"

    @property
    def label(self) -> str:
        span = self.place.span
        when = formats.period(span.start, span.end)
        if span.start.date() != self.planned.date():
            when = f"{formats.day(span.start)} {when}"
        reasons = [_("same time")] if span.start == self.planned else []
        if self.place.kilometres is not None:
            reasons.append(
                _("%(minutes)s min on the way") % {"minutes": travel_minutes(self.place.kilometres)}
            )
        if not self.place.in_time:
            reasons.append(_("after it is due"))
        if not self.place.in_window:
            reasons.append(_("outside the preferred window"))
        return " · ".join([f"{self.technician}, {when}", *reasons])


@dataclass(frozen=True)
class Handed:
    """A visit of the day, and where it can go; the first option is the suggestion."""

    visit: Assignment
    options: Sequence[Option]

    @property
    def job(self) -> Job:
        return Job(self.visit.job)

    @property
    def suggested(self) -> str:
        return self.options[0].key if self.options else QUEUE

    def chosen(self, key: str) -> Option | None:
        return next((one for one in self.options if one.key == key), None)


class DayOfIll:
    """What is planned for the technician for the rest of today. Suggestions for one visit know those for the visits before."""

    def __init__(self, technician: Technician, user: Any) -> None:
        self.technician = technician
        self._now = clock.now()
        self._crew = Crew(user, clock.today(), DAYS)
        whole = clock.day_bounds(clock.today())
        rows = Assignment.objects.for_user(user).active().filter(technician=technician)
        rows = rows.between(max(whole[0], self._now), whole[1]).with_job().order_by("period")
        found: list[Assignment] = list(rows)
        self.staying = [one for one in found if not one.movable(self._now)]
        taken: list[tuple[int, Stop]] = []
        self.rows = [self._handed(one, taken) for one in found if one.movable(self._now)]

    def _handed(self, visit: Assignment, taken: list[tuple[int, Stop]]) -> Handed:
        length = visit.ends_at - visit.starts_at
        wanted = Job(visit.job).wanted(length, planned=visit.starts_at)
        others = [one for one in self._crew.available if one.pk != self.technician.pk]
        days = [self._day(one, n, taken) for one in others for n in range(DAYS)]
        found = suggestions(wanted, days, now=self._now, zone=self._crew.zone, limit=CHOICES)
        people = {one.pk: one for one in others}
        options = [Option(one, people[one.technician], visit.starts_at) for one in found]
        if options:
            site = visit.job.site
            stop = Stop(options[0].place.span, place_of(site.latitude, site.longitude))
            taken.append((options[0].technician.pk, stop))
        return Handed(visit, options)

    def _day(self, technician: Technician, n: int, taken: list[tuple[int, Stop]]) -> TechnicianDay:
        """The day as it is once what was suggested before is booked."""
        day = self._crew.day(technician, self._crew.days[n])
        found = self._crew.technician_day(day)
        more = [stop for pk, stop in taken if pk == technician.pk]
        if not more:
            return found
        busy = [
            *(span_of(one.period) for one in day.bookings),
            *(span_of(one.period) for one in day.absences),
        ]
        slot = slot_state(day.hours, [*busy, *(stop.span for stop in more)], self._crew.shortest)
        stops = (*found.stops, *more)
        return TechnicianDay(found.technician, found.day, slot, found.skills, found.home, stops)

    @property
    def away(self) -> tuple[datetime, datetime]:
        """How long they are noted as away: the day, or its rest when something was done already."""
        start, end = clock.day_bounds(clock.today())
        rows = Assignment.objects.active().filter(
            technician=self.technician, period__startswith__lt=self._now
        )
        begun = bool(self.staying) or rows.filter(period__endswith__gt=start).exists()
        return (self._now.replace(second=0, microsecond=0) + timedelta(minutes=1) if begun else start), end
