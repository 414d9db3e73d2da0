"""Hours sold and planned against hours available, of twelve weeks: docs/algorithms/capacity.md. Read flat, like the week."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import DateTimeField, F, FloatField, IntegerField, Q, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils import timezone

from apps.core import clock
from apps.core.compiled import ThisMoment, compiled, reader_of
from apps.core.together import Question
from apps.intake.models import Request
from apps.planning.models import Assignment
from apps.planning.roster import Booked, Person, Roster, of_job
from apps.planning.rules.capacity import Item, Load, Move, Room, moves
from apps.planning.rules.spans import Span, subtract, total
from apps.planning.rules.suggest import work_length
from apps.planning.rules.wall import minute_of
from apps.workorders.models import WorkOrder

WEEKS = 12
# Which jobs a page shows: of a week, those that are due later, or those without a day.
LATER, UNDATED = "later", "undated"


class Sold(NamedTuple):
    """A job that nobody has planned yet."""

    pk: int
    number: str
    customer: str
    title: str
    skill: int | None
    due: datetime | None
    preferred_from: date | None
    preferred_until: date | None
    hours: float
    people: int
    length: int | None

    @property
    def key(self) -> str:
        return f"{'r' if self.length else 'w'}{self.pk}"

    @property
    def minutes(self) -> int:
        """Of everybody who comes, together, however many days it takes."""
        one = self.length or round(work_length(self.hours, self.people).total_seconds() / 60)
        return one * self.people

    @property
    def day(self) -> date | None:
        """By when it must be done, or is wanted."""
        if self.due:
            return timezone.localdate(self.due)
        return self.preferred_until or self.preferred_from


class Movable(NamedTuple):
    """A visit that may be on another day, and on which ones."""

    visit: int
    due: datetime | None
    preferred_from: date | None
    preferred_until: date | None


def _sold_orders(user: Any) -> Any:
    known = Coalesce("hours_left", NullIf("expected_hours", Value(0)), "sold_hours")
    return WorkOrder.objects.for_user(user).to_plan().values_list(
        "pk", "number", "customer__name", "title", "skill_id", "complete_by", "preferred_from", "preferred_until",
        Cast(known, FloatField()), "people", Value(None, output_field=IntegerField()),
    )  # fmt: skip


def _sold_intakes(user: Any) -> Any:
    return Request.objects.for_user(user).to_plan().values_list(
        "pk", "number", "customer__name", "description", "type__skill_id", Value(None, output_field=DateTimeField()),
        "preferred_from", "preferred_until", Value(0.0), Value(1), "type__minutes",
    )  # fmt: skip


def _movable(user: Any) -> Any:
    """Of the visits that one may move: not what a customer confirmed, where several come together, or what is booked double."""
    is_planned = Q(work_order__status="planned", work_order__people=1) | Q(request__status="planned")
    rows = Assignment.objects.for_user(user).active().filter(is_planned, lanes__upper_inf=True)
    confirmed = Q(appointment__confirmed_start=F("period__startswith"))
    return (
        rows.filter(period__endswith__gt=ThisMoment())
        .exclude(confirmed)
        .values_list("pk", "work_order__complete_by", of_job("preferred_from"), of_job("preferred_until"))
    )


def _questions(user: Any) -> dict[str, Question]:
    return {"orders": _sold_orders(user), "intakes": _sold_intakes(user), "movable": _movable(user)}


class Capacity:
    """Twelve weeks from the one of tomorrow; of everybody, of a team, of those with a skill. What is left of today counts no more."""

    def __init__(self, user: Any) -> None:
        first = clock.today() + timedelta(days=1)
        self.begin = minute_of(clock.day_bounds(first)[0])
        self.mondays = [first + timedelta(weeks=n, days=-first.weekday()) for n in range(WEEKS)]
        days = [self.mondays[0] + timedelta(days=n) for n in range(7 * WEEKS)]
        self._asked = compiled(("planning.capacity", reader_of(user)), lambda: _questions(user))
        self.roster = Roster(user, days, also=self._asked.values())
        self.weeks = [
            Span(self.roster.days[n].whole.start, self.roster.days[n + 6].whole.end)
            for n in range(0, 7 * WEEKS, 7)
        ]

    @cached_property
    def people(self) -> list[Person]:
        return self.roster.people

    @cached_property
    def teams(self) -> list[str]:
        return sorted({one.team for one in self.people if one.team})

    @cached_property
    def skills(self) -> dict[int, str]:
        """Those that somebody has or some job needs, by name."""
        used = {pk for one in self.people for pk in one.skills} | {
            one.skill for one in self.sold if one.skill
        }
        named = ((pk, name) for pk, name in self.roster.skills.items() if pk in used)
        return dict(sorted(named, key=lambda one: one[1]))

    @cached_property
    def sold(self) -> list[Sold]:
        return [Sold(*row) for name in ("orders", "intakes") for row in self._asked[name]]

    def week_of(self, job: Sold) -> int | str:
        """The week by which it must be done; what is late is for this week."""
        if job.day is None:
            return UNDATED
        week = max(0, (job.day - self.mondays[0]).days // 7)
        return week if week < WEEKS else LATER

    @cached_property
    def _available(self) -> dict[int, list[int]]:
        """Minutes of each technician in each week: hours less holidays and absences."""
        found = {}
        for one in self.people:
            away = [it.span for it in self.roster.away.get(one.pk, ())]
            minutes = [0] * WEEKS
            for n, day in enumerate(self.roster.days):
                if day.whole.start < self.begin:
                    continue
                hours = self.roster.hours(one, day)
                minutes[n // 7] += total(subtract(hours, away) if away else hours, 0)
            found[one.pk] = minutes
        return found

    def ahead(self, one: Booked, week: int) -> int:
        """How much of a visit is still to come in that week."""
        span = self.weeks[week]
        return max(0, min(one.end, span.end) - max(one.start, span.start, self.begin))

    @cached_property
    def _planned(self) -> dict[int, list[int]]:
        return {
            one.pk: [
                sum(self.ahead(visit, week) for visit in self.roster.booked.get(one.pk, ()))
                for week in range(WEEKS)
            ]
            for one in self.people
        }

    def loads(self, who: Callable[[Person], bool], sold: Iterable[Sold]) -> list[Load]:
        """Each week of those people, with the jobs that fall in it."""
        people = [one.pk for one in self.people if who(one)]
        minutes: dict[int | str, int] = defaultdict(int)
        for job in sold:
            minutes[self.week_of(job)] += job.minutes
        return [
            Load(
                sum(self._available[pk][week] for pk in people),
                sum(self._planned[pk][week] for pk in people),
                minutes[week],
            )
            for week in range(WEEKS)
        ]

    @cached_property
    def everybody(self) -> list[Load]:
        return self.loads(lambda one: True, self.sold)

    @cached_property
    def by_team(self) -> dict[str, list[Load]]:
        """What is sold belongs to no team until it is planned."""
        return {team: self.loads(lambda one, team=team: one.team == team, ()) for team in self.teams}  # type: ignore[misc]

    @cached_property
    def by_skill(self) -> dict[int, list[Load]]:
        """Those who have it with all that they have to do, and the jobs that need it."""
        return {
            pk: self.loads(
                lambda one, pk=pk: pk in one.skills,  # type: ignore[misc]
                [job for job in self.sold if job.skill == pk],
            )
            for pk in self.skills
        }

    def jobs(self, week: int | str) -> list[Sold]:
        return [one for one in self.sold if self.week_of(one) == week]

    def visits(self, week: int, who: Callable[[Person], bool]) -> list[tuple[Booked, Person]]:
        found = [
            (visit, one)
            for one in self.people
            if who(one)
            for visit in self.roster.booked.get(one.pk, ())
            if self.ahead(visit, week)
        ]
        return sorted(found, key=lambda one: (one[0].start, one[1].name))

    def of(self, one: Person, week: int) -> Load:
        return Load(self._available[one.pk][week], self._planned[one.pk][week])

    @cached_property
    def _solved(self) -> tuple[list[Move], Room]:
        room = Room(
            [one.gap for one in self.everybody],
            {pk: [one.gap for one in loads] for pk, loads in self.by_skill.items()},
        )
        return moves(room, self._items()), room

    @property
    def moves(self) -> list[Move]:
        return self._solved[0]

    def short_of(self, week: int) -> int:
        """What is still too much in a week after all moves: of all, or of the skill that lacks most."""
        room = self._solved[1]
        return max(0, *(-gaps[week] for gaps in (room.everybody, *room.by_skill.values())))

    def _items(self) -> list[Item]:
        """What may be done in another week than the one that it is in."""
        jobs = [
            Item(
                job,
                job.minutes,
                frozenset([job.skill] if job.skill else ()),
                week,
                *self._weeks_of(job),
                True,
            )
            for job in self.sold
            if isinstance(week := self.week_of(job), int)
        ]
        movable = {one.visit: one for one in (Movable(*row) for row in self._asked["movable"])}
        # A visit takes its technician along, with all that they can: each of those skills counts all of their work.
        visits = [
            Item(visit, ahead, frozenset(who.skills), week, *self._weeks_of(one), False)
            for who in self.people
            for visit in self.roster.booked.get(who.pk, ())
            if visit.start >= self.begin
            if (one := movable.get(visit.pk))
            for week in range(WEEKS)
            if (ahead := self.ahead(visit, week)) == visit.end - visit.start
        ]
        return [*jobs, *visits]

    def _weeks_of(self, one: Sold | Movable) -> tuple[int, int]:
        """The first and the last week in which its customer wants it and it is in time."""
        last = min(self._at(day, WEEKS - 1) for day in (one.due, one.preferred_until))
        return self._at(one.preferred_from), last

    def _at(self, day: date | datetime | None, without: int = 0) -> int:
        """The week of a day, of those that are shown."""
        if day is None:
            return without
        local = timezone.localdate(day) if isinstance(day, datetime) else day
        return min(WEEKS - 1, max(0, (local - self.mondays[0]).days // 7))
