"""The hours of a technician's week as they stand now: from the clocks, and what was entered by hand."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.timezone import localdate
from psycopg.types.range import TimestamptzRange

from apps.core import clock, formats
from apps.core.canonical import fingerprint
from apps.field.models import TimeEntry
from apps.field.rules import PROPOSABLE
from apps.technicians.models import Absence, Technician
from apps.timesheets import rules
from apps.timesheets.models import HandTime, SubmittedDay, Week
from apps.timesheets.rules import Hours
from apps.timesheets.states import KIND_LABELS


@dataclass(frozen=True)
class Stretch:
    """A stretch of a clock; where the technician says that it ended earlier, that is when it did."""

    entry: TimeEntry
    ended_at: datetime

    @property
    def kind(self) -> Any:
        return self.entry.kind

    @property
    def label(self) -> Any:
        return KIND_LABELS[self.kind]

    @property
    def started_at(self) -> datetime:
        return self.entry.started_at

    @property
    def is_running(self) -> bool:
        return self.entry.ended_at is None

    @property
    def period(self) -> str:
        return formats.period(self.started_at, None if self.is_running else self.ended_at)

    @property
    def goes_on(self) -> bool:
        """Over midnight: its day is to be named."""
        return localdate(self.started_at) != localdate(self.ended_at)

    @property
    def is_corrected(self) -> bool:
        return not self.is_running and self.ended_at != self.entry.ended_at

    @property
    def why(self) -> str:
        return self.entry.proposed_why or ""  # type: ignore[attr-defined]

    @property
    def can_be_corrected(self) -> bool:
        """Whether the receipt book takes another end of it without the office's word."""
        visit = self.entry.visit
        theirs = visit.assignment.active and visit.assignment.technician_id == self.entry.technician_id
        return not self.is_running and theirs and visit.work_order.status in PROPOSABLE


@dataclass(frozen=True)
class Day:
    day: date
    hours: Hours
    stretches: list[Stretch]
    by_hand: list[HandTime]
    away: list[Absence]
    stated: Hours | None  # what was submitted

    @property
    def paid(self) -> Any:
        return rules.paid(self.hours)

    @property
    def begun(self) -> list[Stretch]:
        """Its stretches, where one that goes on over midnight is told once."""
        first = self.day.weekday() == 0
        return [one for one in self.stretches if first or localdate(one.started_at) == self.day]

    @property
    def differs(self) -> bool:
        return self.stated is not None and self.stated != self.hours


@dataclass(frozen=True)
class Sheet:
    """A whole week of one technician."""

    technician: Technician
    week: Week  # not stored yet when nothing was entered
    days: list[Day]

    @property
    def totals(self) -> Hours:
        return rules.added_up(one.hours for one in self.days)

    @property
    def paid(self) -> Any:
        return rules.paid(self.totals)

    @property
    def stated_totals(self) -> Hours:
        return rules.added_up(one.stated for one in self.days if one.stated)

    @property
    def stated_paid(self) -> Any:
        return rules.paid(self.stated_totals)

    @property
    def is_running(self) -> bool:
        return any(stretch.is_running for day in self.days for stretch in day.stretches)

    @property
    def differs(self) -> bool:
        return any(one.differs for one in self.days)

    @property
    def corrected(self) -> list[Stretch]:
        found = {one.entry.pk: one for day in self.days for one in day.stretches if one.is_corrected}
        return list(found.values())

    @property
    def seen(self) -> str:
        """What a page showed of it: whoever puts their name to it does so to these hours."""
        return fingerprint(
            [[one.day.isoformat(), *(str(one.hours[kind]) for kind in rules.KINDS)] for one in self.days]
        )


def sheet_of(technician: Technician, monday: date, now: datetime, week: Week | None = None) -> Sheet:
    """The week as it stands now; a clock that runs lasts until `now`."""
    bounds = [(day, *clock.day_bounds(day)) for day in rules.week_of(monday)]
    start, end = bounds[0][1], bounds[-1][2]
    if week is None:
        found = Week.objects.filter(technician=technician, monday=monday).select_related("submission")
        week = found.first() or Week(technician=technician, monday=monday)
    stretches = _stretches(technician, start, end, now)
    by_hand = list(week.by_hand.all()) if week.pk else []
    for one in by_hand:
        one.week = week
    stated = SubmittedDay.objects.filter(submission=week.submission_id) if week.submission_id else []
    stated_by_day = {one.day: one.hours for one in stated}
    absences = list(technician.absences.filter(period__overlap=TimestamptzRange(start, end)))
    hours = rules.hours_by_day(
        ((one.kind, one.started_at, one.ended_at) for one in stretches),
        ((one.kind, one.day, one.hours) for one in by_hand),
        bounds,
    )
    days = [
        Day(
            day=day,
            hours=hours[day],
            stretches=[one for one in stretches if one.started_at < until and one.ended_at > since],
            by_hand=[one for one in by_hand if one.day == day],
            away=[one for one in absences if _touches(one.period, since, until)],
            stated=stated_by_day.get(day),
        )
        for day, since, until in bounds
    ]
    return Sheet(technician, week, days)


def _touches(period: Any, since: datetime, until: datetime) -> bool:
    begins, ends = period.lower, period.upper
    return (begins is None or begins < until) and (ends is None or ends > since)


def _stretches(technician: Technician, start: datetime, end: datetime, now: datetime) -> list[Stretch]:
    rows = (
        TimeEntry.objects.filter(Q(ended_at__gt=start) | Q(ended_at__isnull=True), technician=technician)
        .filter(started_at__lt=end)
        .with_proposal()
        .select_related("visit__assignment", "visit__work_order__customer")
        .order_by("started_at", "id")
    )
    return [Stretch(one, _end(one, now)) for one in rows]


def _end(entry: Any, now: datetime) -> datetime:
    if entry.ended_at is None:
        return max(now, entry.started_at)
    return entry.proposed_end or entry.ended_at
