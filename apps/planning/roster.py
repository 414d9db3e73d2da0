"""Who has what in a stretch of days, read flat: rows are tuples, and moments are whole minutes since 1970.

One statement, whose SQL is compiled once; no instance of a model is made for a page of nine hundred visits.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, time
from functools import cached_property, reduce
from operator import or_
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    DateField,
    DateTimeField,
    Expression,
    F,
    FloatField,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce, NullIf

from apps.company.models import Holiday
from apps.core.compiled import Given, compiled, reader_of
from apps.core.together import Question, together
from apps.intake.models import RequestType
from apps.planning.facts import SHORTEST, shortest_rows, zone
from apps.planning.models import Assignment, WeekView
from apps.planning.rules.spans import Span
from apps.planning.rules.wall import WallDay, moment_of
from apps.technicians.models import Absence, Certificate, Skill, Technician, Works
from apps.technicians.querysets import TechnicianQuerySet
from apps.technicians.rules import Proofs, WorkWeeks


class Person(NamedTuple):
    pk: int
    name: str
    initials: str
    kind: str
    region: str
    team: str
    in_service: bool
    skills: list[int]
    latitude: float | None
    longitude: float | None
    last_day: date | None = None

    def has_left(self, day: date) -> bool:
        """Out of service, or the day is after their last one."""
        return not self.in_service or bool(self.last_day and day > self.last_day)


class Booked(NamedTuple):
    """A visit on the plan. `order` or `request` says what it is for."""

    pk: int
    technician: int
    start: int
    end: int
    version: int
    order: int | None
    request: int | None
    number: str
    title: str
    customer: str
    city: str
    type: int
    confirms: bool
    mails: str
    latitude: float | None
    longitude: float | None

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


class Away(NamedTuple):
    technician: int
    start: int
    end: int
    kind: str

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


class Minutes(Func):
    """A moment in whole minutes since 1970; with `up` the next whole one."""

    template = "%(rounded)s(extract(epoch FROM %(expressions)s) / 60)"
    output_field = BigIntegerField()

    def __init__(self, moment: Any, *, up: bool = False) -> None:
        super().__init__(moment, rounded="ceil" if up else "floor")

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        sql, params = super().as_sql(*args, **kwargs)
        return f"({sql})::bigint", params


def of_job(path: str, output_field: Any = None) -> Coalesce:
    """What a visit's work order or request says."""
    return Coalesce(f"work_order__{path}", f"request__{path}", output_field=output_field)


def mailed_of(*jobs: str) -> Case:
    """Who gets a mail about a job, as `facts.recipient` has it; nobody when there is no address. `jobs` lead to it."""
    paths = [f"{job}__" for job in jobs] or [""]

    def has(field: str) -> Q:
        return reduce(or_, (Q(**{f"{path}{field}__gt": ""}) for path in paths))

    def first(field: str) -> Any:
        return Coalesce(*(f"{path}{field}" for path in paths), Value(""))

    contact = NullIf(first("contact__name"), Value(""))
    return Case(
        When(has("contact__email"), then=Coalesce(contact, Value(""))),
        When(
            has("customer__email") | has("customer__planning_email"),
            then=Coalesce(contact, first("customer__name")),
        ),
        default=Value(""),
        output_field=CharField(),
    )


def visits_between(user: Any, period: Expression) -> QuerySet:
    return Assignment.objects.for_user(user).active().filter(period__overlap=period)


def _booked_rows(visits: QuerySet, placed: bool) -> QuerySet:
    nowhere = Value(None, output_field=FloatField())
    return visits.order_by("period").values_list(
        "pk", "technician_id", Minutes(F("period__startswith")), Minutes(F("period__endswith"), up=True), "version",
        "work_order_id", "request_id", of_job("number"), Coalesce("work_order__title", Value("")),
        of_job("customer__name"), of_job("site__city"), of_job("type_id"),
        Coalesce("work_order__confirm_to_customer", Value(True), output_field=BooleanField()), mailed_of("work_order", "request"),
        of_job("site__latitude") if placed else nowhere, of_job("site__longitude") if placed else nowhere,
    )  # fmt: skip


def _person_rows(user: Any, visits: QuerySet) -> QuerySet:
    # Who left keeps a row as long as anything is planned on them: it must be seen to be moved.
    shown = TechnicianQuerySet.in_use | Q(pk__in=visits.values("technician"))
    skills = Technician.skills.through.objects.filter(technician=OuterRef("pk")).order_by(
        "skill__name__by_name"
    )  # type: ignore[attr-defined]
    in_service = Case(When(TechnicianQuerySet.in_use, then=True), default=False, output_field=BooleanField())
    rows = Technician.objects.for_user(user).filter(shown)
    return rows.order_by(F("week_row__place").asc(nulls_last=True), "user__name__by_name", "pk").values_list(
        "pk", "user__name", "user__initials", "kind", "region", "team", in_service,
        ArraySubquery(skills.values("skill_id")), "home_latitude", "home_longitude", "last_day",
    )  # fmt: skip


def _questions(user: Any, placed: bool) -> dict[str, Question]:
    period = Func(
        Given("start", DateTimeField()), Given("end", DateTimeField()), function="tstzrange",
        output_field=DateTimeRangeField(),
    )  # fmt: skip
    visits = visits_between(user, period)
    days = (Given("first", DateField()), Given("last", DateField()))
    away = Absence.objects.filter(period__overlap=period).order_by("period")
    return {
        "people": _person_rows(user, visits),
        "booked": _booked_rows(visits, placed),
        "away": away.values_list(
            "technician_id", Minutes(F("period__startswith")), Minutes(F("period__endswith"), up=True), "kind"
        ),
        "hours": Works.objects.between(*days).stretches(),
        "holidays": Holiday.objects.filter(day__range=days).values_list("day", "name"),
        "shortest": shortest_rows(),
        "skills": Skill.objects.values_list("pk", "name"),
        "proofs": Certificate.objects.proofs(),
        "types": RequestType.objects.all(),
        "view": WeekView.objects.for_user(user),
    }  # fmt: skip


class Roster:
    """Everybody in the days from `first` to `last`. `placed`: with where each visit and home is."""

    def __init__(
        self, user: Any, days: list[date], *, placed: bool = False, also: Iterable[Question] = ()
    ) -> None:
        """`also` is asked in the same statement."""
        self.zone = zone()
        self.days = [WallDay(day, self.zone) for day in days]
        self.whole = Span(self.days[0].whole.start, self.days[-1].whole.end)
        self._asked = compiled(
            ("planning.roster", reader_of(user), placed),
            lambda: _questions(user, placed),
            start=moment_of(self.whole.start), end=moment_of(self.whole.end), first=days[0], last=days[-1],
        )  # fmt: skip
        together(*self._asked.values(), *also)

    @cached_property
    def people(self) -> list[Person]:
        return [Person(*row) for row in self._asked["people"]]

    @cached_property
    def booked(self) -> dict[int, list[Booked]]:
        found = defaultdict(list)
        for row in self._asked["booked"]:
            found[row[1]].append(Booked(*row))
        return found

    @cached_property
    def away(self) -> dict[int, list[Away]]:
        found = defaultdict(list)
        for row in self._asked["away"]:
            found[row[0]].append(Away(*row))
        return found

    @cached_property
    def holidays(self) -> dict[date, str]:
        return dict(self._asked["holidays"])

    @cached_property
    def shortest(self) -> int:
        return next(iter(self._asked["shortest"]), int(SHORTEST.total_seconds()) // 60)

    @cached_property
    def skills(self) -> dict[int, str]:
        return dict(self._asked["skills"])

    @cached_property
    def proofs(self) -> Proofs:
        return Proofs(self._asked["proofs"])

    @cached_property
    def types(self) -> dict[int, str]:
        return {one.pk: str(one) for one in self._asked["types"]}

    @cached_property
    def view(self) -> WeekView:
        """How the reader wants to see it."""
        return next(iter(self._asked["view"]), WeekView())

    @cached_property
    def _weeks(self) -> WorkWeeks:
        return WorkWeeks(self._asked["hours"])

    def hours(self, person: Person, day: WallDay) -> list[Span]:
        """When they work; nobody on a holiday."""
        if not person.in_service or day.day in self.holidays:
            return []
        return day.hours((_wall(start), _wall(end)) for start, end in self._weeks.on(person.pk, day.day))


def _wall(at: time) -> int:
    return at.hour * 60 + at.minute
