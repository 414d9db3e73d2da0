"""The technicians of a stretch of days with their hours, absences and bookings: what grid, day and quick plan share.

A fixed number of queries, however many technicians there are.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from apps.core.together import together
from apps.planning.facts import (
    holiday_rows,
    hours_rows,
    shifts_of,
    shortest_job,
    shortest_rows,
    span_of,
    zone,
)
from apps.planning.models import Assignment
from apps.planning.rules.slots import Slot, slot_state
from apps.planning.rules.spans import Span, clip, day_span, working_spans
from apps.planning.rules.suggest import Place, Stop, TechnicianDay, place_of
from apps.technicians.models import Absence, Certificate, Technician
from apps.technicians.querysets import TechnicianQuerySet
from apps.technicians.rules import Proofs, WorkWeeks


@dataclass(frozen=True)
class Day:
    """One technician's day."""

    technician: Technician
    day: date
    hours: tuple[Span, ...]
    bookings: tuple[Assignment, ...]
    absences: tuple[Absence, ...]
    slot: Slot
    holiday: str

    @property
    def absent(self) -> bool:
        """Away for the whole of the working day."""
        return bool(self.hours) and bool(self.absences) and not self.slot.free and not self.bookings

    @property
    def works(self) -> bool:
        return bool(self.hours)

    @property
    def overbooked(self) -> timedelta:
        """How much more is booked than the day holds."""
        booked = sum((span_of(one.period).length for one in self.bookings), timedelta())
        return max(timedelta(), booked - self.slot.capacity) if self.hours else timedelta()


class Crew:
    """Everybody's days from `first` for `count` days."""

    def __init__(self, user: Any, first: date, count: int) -> None:
        self.user = user
        self.days = [first + timedelta(days=n) for n in range(count)]
        self.zone: ZoneInfo = zone()
        self.whole = Span(day_span(self.days[0], self.zone).start, day_span(self.days[-1], self.zone).end)

    @cached_property
    def _rows(self) -> dict[str, QuerySet]:
        """Everything that the grid is made of, in one statement and those of the prefetches."""
        start, end = self.whole.start, self.whole.end
        bookings = Assignment.objects.for_user(self.user).active().between(start, end)
        # Who left keeps a row as long as anything is planned on them: it must be seen to be moved.
        shown = TechnicianQuerySet.in_use | Q(pk__in=bookings.values("technician"))
        technicians = Technician.objects.for_user(self.user).filter(shown).select_related("user")
        found = {
            "technicians": technicians.prefetch_related("skills").order_by("user__name__by_name"),
            "holidays": holiday_rows(self.days[0], self.days[-1]),
            "shortest": shortest_rows(),
            "hours": hours_rows(self.days[0], self.days[-1]),
            "proofs": Certificate.objects.proofs(),
            "bookings": bookings.with_job().order_by("period"),
            "absences": Absence.objects.filter(period__overlap=(start, end)),
        }
        together(*found.values())
        return found

    @cached_property
    def technicians(self) -> list[Technician]:
        return list(self._rows["technicians"])

    @property
    def available(self) -> list[Technician]:
        """Those who can be planned."""
        return [one for one in self.technicians if one.in_service]

    @cached_property
    def holidays(self) -> dict[date, str]:
        return dict(self._rows["holidays"])

    @cached_property
    def shortest(self) -> timedelta:
        return shortest_job(self._rows["shortest"])

    @cached_property
    def _weeks(self) -> WorkWeeks:
        return WorkWeeks(self._rows["hours"])

    @cached_property
    def bookings(self) -> list[Assignment]:
        return list(self._rows["bookings"])

    @cached_property
    def _bookings_of(self) -> dict[int, list[Assignment]]:
        found = defaultdict(list)
        for one in self.bookings:
            found[one.technician_id].append(one)
        return found

    @cached_property
    def _absences_of(self) -> dict[int, list[Absence]]:
        found = defaultdict(list)
        for one in self._rows["absences"]:
            found[one.technician_id].append(one)
        return found

    @cached_property
    def _proofs(self) -> Proofs:
        return Proofs(self._rows["proofs"])

    def skill_ids(self, technician: Technician, day: date) -> frozenset[int]:
        """What they can on that day: without the skills whose certificate is over by then."""
        return self._proofs.skills(technician.pk, (one.pk for one in technician.skills.all()), day)

    def working(self, technician: Technician, day: date) -> list[Span]:
        """The hours of that day, as if nothing were closed; none for who left."""
        if not technician.in_service:
            return []
        return working_spans(day, shifts_of(technician, self._weeks, day), self.zone)

    def absence_spans(self, technician: Technician) -> list[Span]:
        return [span_of(one.period) for one in self._absences_of[technician.pk]]

    def day(self, technician: Technician, day: date) -> Day:
        whole = day_span(day, self.zone)
        hours = [] if day in self.holidays else self.working(technician, day)
        bookings = _touching(self._bookings_of[technician.pk], whole)
        absences = _touching(self._absences_of[technician.pk], whole)
        booked = clip((span_of(one.period) for one in bookings), whole)
        away = clip((span_of(one.period) for one in absences), whole)
        slot = slot_state(hours, [*booked, *away], self.shortest)
        if away:  # an absence is no second booking
            slot = _retold(slot, hours, booked, self.shortest)
        return Day(
            technician, day, tuple(hours), tuple(bookings), tuple(absences), slot, self.holidays.get(day, "")
        )

    def way(self, one: Day) -> tuple[list[Stop], Place | None]:
        """Where the technician is booked that day, and where home is."""
        stops = [
            Stop(span_of(it.period), place_of(it.job.site.latitude, it.job.site.longitude))
            for it in one.bookings
        ]
        return stops, place_of(one.technician.home_latitude, one.technician.home_longitude)

    def technician_day(self, one: Day) -> TechnicianDay:
        """The same for the rules that suggest a place."""
        stops, home = self.way(one)
        skills = self.skill_ids(one.technician, one.day)
        return TechnicianDay(one.technician.pk, one.day, one.slot, skills, home, tuple(stops))

    def of(self, technicians: Iterable[Technician]) -> list[tuple[Technician, list[Day]]]:
        return [(one, [self.day(one, day) for day in self.days]) for one in technicians]


def _touching(rows: Iterable[Any], whole: Span) -> list[Any]:
    return [one for one in rows if span_of(one.period).overlaps(whole)]


def _retold(slot: Slot, hours: list[Span], booked: list[Span], shortest: timedelta) -> Slot:
    doubled = slot_state(hours, booked, shortest).doubled
    return Slot(slot.state, slot.capacity, slot.free, slot.gaps, doubled)
