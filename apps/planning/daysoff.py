"""What days off that somebody asks for would hit: planned visits, who else is away then, and how much time is left."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core import clock
from apps.planning.facts import span_of
from apps.planning.models import Assignment
from apps.planning.querysets import AssignmentQuerySet
from apps.planning.roster import Away, Person, Roster
from apps.planning.rules.spans import Span, subtract, total
from apps.planning.rules.wall import minute_of, moment_of
from apps.technicians.models import AbsenceKind, AbsenceRequest

TICK = timedelta(microseconds=1)


def visits_hit(asked: AbsenceRequest) -> AssignmentQuerySet:
    """What is planned in that time and not over."""
    rows = Assignment.objects.active().filter(technician=asked.technician_id)
    return rows.between(asked.period.lower, asked.period.upper).from_now(clock.now()).order_by("period")


@dataclass(frozen=True)
class Colleague:
    """Somebody else who is away then, or asks to be."""

    person: Person
    kind: str
    start: Any
    end: Any
    common: str  # what they have in common
    asks: bool


class DaysOff:
    """Asked of the time of one request, in one statement."""

    def __init__(self, asked: AbsenceRequest, user: Any) -> None:
        self.asked = asked
        self.span = Span(minute_of(asked.period.lower), minute_of(asked.period.upper))
        others = AbsenceRequest.objects.for_user(user).to_decide().exclude(pk=asked.pk)
        self._others = others.filter(period__overlap=asked.period).order_by("period")
        self.visits = visits_hit(asked).with_job()
        self.roster = Roster(user, _days(asked), also=[self.visits, self._others])

    @cached_property
    def who(self) -> Person | None:
        """Whoever asks; nobody once they left and nothing is planned on them."""
        return next((one for one in self.roster.people if one.pk == self.asked.technician_id), None)

    @cached_property
    def colleagues(self) -> list[Person]:
        """Those of the team; everybody, where there are no teams."""
        team = self.who.team if self.who else ""
        return [
            one
            for one in self.roster.people
            if one.in_service and one.pk != self.asked.technician_id and (not team or one.team == team)
        ]

    @property
    def team(self) -> str:
        return self.who.team if self.who else ""

    @property
    def hours(self) -> timedelta:
        """What whoever asks would have worked."""
        return timedelta(minutes=total(self._hours(self.who), 0) if self.who else 0)

    @property
    def left(self) -> timedelta:
        """What their colleagues still have free in that time."""
        return timedelta(minutes=sum(self._free(one) for one in self.colleagues))

    @cached_property
    def away(self) -> list[Colleague]:
        """Who of the team, or of those who can do the same, is away then or asks to be."""
        found = []
        people = {one.pk: one for one in self.roster.people}
        kinds = dict(AbsenceKind.choices)
        for pk, person in people.items():
            if pk == self.asked.technician_id or not (common := self._common(person)):
                continue
            found += [
                _away(person, one, str(kinds[one.kind]), common)
                for one in self.roster.away.get(pk, ())
                if one.span.overlaps(self.span)
            ]
        for asks in self._others:
            person = people.get(asks.technician_id)  # type: ignore[assignment]
            if person and (common := self._common(person)):
                kind, span = asks.get_kind_display(), span_of(asks.period)
                found.append(Colleague(person, kind, span.start, span.end, common, True))
        return found

    def _common(self, person: Person) -> str:
        """The team, or else the skills, that whoever asks shares with them."""
        if not self.who:
            return ""
        if self.who.team and person.team == self.who.team:
            return _("team %(team)s") % {"team": person.team}
        return ", ".join(self.roster.skills[pk] for pk in person.skills if pk in self.who.skills)

    def _hours(self, person: Person) -> list[Span]:
        found = []
        for day in self.roster.days:
            for span in self.roster.hours(person, day):
                start, end = max(span.start, self.span.start), min(span.end, self.span.end)
                if start < end:
                    found.append(Span(start, end))
        return found

    def _free(self, person: Person) -> int:
        taken = [one.span for one in self.roster.away.get(person.pk, ())]
        taken += [one.span for one in self.roster.booked.get(person.pk, ())]
        return int(total(subtract(self._hours(person), taken), 0))


def _away(person: Person, one: Away, kind: str, common: str) -> Colleague:
    return Colleague(person, kind, moment_of(one.start), moment_of(one.end), common, False)


def _days(asked: AbsenceRequest) -> list[date]:
    first, last = timezone.localdate(asked.period.lower), timezone.localdate(asked.period.upper - TICK)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
