"""What a page shows of somebody's hours, which are stretches of days one after the other, and of their certificates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.company.forms.week import Period as Hours
from apps.company.forms.week import weekday_name
from apps.company.models import OpeningHours
from apps.core import clock, formats
from apps.technicians.models import Certificate, Technician, WorkingHours, WorkingPattern
from apps.technicians.rules import week_of
from apps.technicians.states import WEEK_NAMES, Rhythm

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Week:
    """One of the weeks that follow each other: who reads it sees days with the same hours as one."""

    name: str
    days: list[tuple[str, str]]
    length: timedelta
    current: bool


@dataclass(frozen=True)
class Period:
    """Days in which the same hours hold."""

    hours: WorkingHours
    when: str
    tense: str
    weeks: list[Week]

    @property
    def can_go(self) -> bool:
        return self.tense == "coming"


@dataclass(frozen=True)
class Line:
    """The certificates of a kind: the one that counts, and those that it took the place of."""

    now: Certificate
    before: list[Certificate]
    tone: str
    said: str


def certificate_rows(technician: Technician) -> QuerySet[Certificate]:
    rows = technician.certificates.select_related("kind", "file")
    return rows.with_renew_from().order_by("kind__name__by_name", "-expires_on")


def certificate_lines(rows: Iterable[Certificate]) -> list[Line]:
    """By kind, the last of each first."""
    today = clock.today()
    return [
        Line(now, before, *_lasting(now, today))
        for _kind, found in groupby(rows, key=lambda one: one.kind_id)
        for now, *before in [list(found)]
    ]


def _lasting(one: Any, today: date) -> tuple[str, str]:
    words = {"day": formats.day(one.expires_on)}
    if one.is_over(today):
        return "r", _("expired on %(day)s") % words
    return "a" if one.renew_from <= today else "g", _("until %(day)s") % words


def hours_rows(technician: Technician) -> QuerySet[WorkingHours]:
    return technician.hours.prefetch_related("patterns").order_by("-valid")


def periods(rows: Iterable[WorkingHours]) -> list[Period]:
    """What was, is and will be worked, the last first."""
    today = clock.today()
    return [Period(one, _when(one), _tense(one, today), weeks_of(one, today)) for one in rows]


def weeks_of(hours: WorkingHours, today: date) -> list[Week]:
    names = WEEK_NAMES[Rhythm(hours.rhythm)]
    turn = week_of(hours.rhythm, hours.valid.lower, today) if today in hours.valid else 0
    alternates = len(names) > 1
    found = []
    for number, name in enumerate(names, 1):
        patterns = [one for one in hours.patterns.all() if one.week == number]
        length = sum((_length(one) for one in patterns), timedelta())
        found.append(Week(str(name), _days(patterns), length, alternates and turn == number))
    return found


def opening_hours() -> list[Hours]:
    """What somebody works of whom nothing is noted."""
    return list(OpeningHours.objects.values_list("weekday", "opens", "closes"))


def hours_now(rows: Iterable[WorkingHours]) -> WorkingHours | None:
    """Those that hold today."""
    today = clock.today()
    return next((one for one in rows if today in one.valid), None)


def hours_said(rows: Iterable[WorkingHours]) -> str:
    """All that is noted, in words."""
    return "; ".join(f"{one.when}: {_week_said(week)}" for one in periods(rows) for week in one.weeks)


def _week_said(week: Week) -> str:
    return f"{week.name} {', '.join(' '.join(day) for day in week.days) or _('off')}"


def _when(hours: WorkingHours) -> str:
    first, past = hours.valid.lower, hours.valid.upper
    if first and past:
        words = {"first": formats.day(first), "last": formats.day(past - DAY)}
        return _("%(first)s until and including %(last)s") % words
    if first:
        return _("From %(day)s") % {"day": formats.day(first)}
    if past:
        return _("Until and including %(day)s") % {"day": formats.day(past - DAY)}
    return _("As long as they have been here")


def _tense(hours: WorkingHours, today: date) -> str:
    if today in hours.valid:
        return "now"
    return "past" if hours.valid.upper and hours.valid.upper <= today else "coming"


def _length(one: WorkingPattern) -> timedelta:
    return datetime.combine(date.min, one.ends) - datetime.combine(date.min, one.starts)


def _days(patterns: list[WorkingPattern]) -> list[tuple[str, str]]:
    """Monday to Thursday as one, when their hours are the same."""
    by_day = {
        weekday: ", ".join(
            f"{formats.clock_time(one.starts)} – {formats.clock_time(one.ends)}"
            for one in patterns
            if one.weekday == weekday
        )
        for weekday in range(1, 8)
    }
    found = []
    for said, days in groupby(by_day, key=by_day.__getitem__):
        run = list(days)
        first, last = weekday_name(run[0]), weekday_name(run[-1])
        if said:
            found.append((first if first == last else f"{first} – {last}", said))
    return found
