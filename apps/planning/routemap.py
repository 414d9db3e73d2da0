"""The routes of a day, drawn: a schematic map, strips to scale, and the same in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import cos, radians
from typing import Any

from django.utils.translation import gettext as _

from apps.core import formats
from apps.planning.board import columns
from apps.planning.facts import confirms, recipient
from apps.planning.models import Assignment
from apps.planning.routes import DayRoutes
from apps.planning.rules.axis import Axis, axis_of
from apps.planning.rules.routes import (
    Drive,
    Plan,
    Stop,
    Visit,
    drive_all,
    drive_of,
    moved,
    plan_now,
    routes_of,
    short_ways,
)
from apps.planning.rules.spans import Span
from apps.planning.rules.suggest import Place
from apps.planning.rules.wall import moment_of
from apps.planning.states import STAYS
from apps.technicians.models import Technician

# The map, in units of its own; and how many tints there are for routes.
WIDTH, LOW, HIGH, EDGE = 640, 240, 440, 36
TINTS = 8


@dataclass(frozen=True)
class Call:
    """A stop of a route in words."""

    number: int
    visit: Assignment
    start: datetime
    end: datetime
    way: int  # minutes from the stop before, or from home
    was: str
    stays: Any


@dataclass(frozen=True)
class Side:
    """A technician's route in one plan."""

    drive: Drive
    calls: list[Call]
    blocks: list[tuple[str, str]]
    legs: list[str]


@dataclass(frozen=True)
class Route:
    technician: Technician
    tint: str
    now: Side
    then: Side | None

    @property
    def changes(self) -> bool:
        return self.then is not None and [_seen(one) for one in self.now.calls] != [
            _seen(one) for one in self.then.calls
        ]


def _seen(one: Call) -> tuple[int, datetime]:
    return one.visit.pk, one.start


@dataclass(frozen=True)
class Line:
    """A route on the map: the points of its line, its stops with their numbers, and home."""

    tint: str
    name: str
    points: str
    stops: list[tuple[float, float, int]]
    home: tuple[float, float] | None


class Drawn:
    """What the page shows of a day: the routes now, and with a plan the routes then."""

    def __init__(self, routes: DayRoutes, plan: Plan | None) -> None:
        self.day, self.plan = routes, plan
        problem = routes.problem
        now = plan_now(problem)
        self.moved = len(moved(problem, plan)) if plan else 0
        self.before, self.short_before = drive_all(problem, now), short_ways(problem, now)
        self.after = drive_all(problem, plan) if plan else None
        self.short_after = short_ways(problem, plan) if plan else None
        self._now, self._then = routes_of(problem, now), routes_of(problem, plan) if plan else None
        self.axis: Axis = axis_of([(routes.day, one) for one in self._spans()], routes.crew.zone)
        who = [pk for pk in routes.people if pk in self._now or (self._then and pk in self._then)]
        self.routes = [self._route(pk, f"t{n % TINTS}") for n, pk in enumerate(who)]
        self.frame = _Frame([*self._stands(), *self._homes()])
        self.map_now = self._lines(self._now)
        self.map_then = self._lines(self._then) if self._then else None

    @property
    def changed(self) -> list[Route]:
        return [one for one in self.routes if one.changes]

    @property
    def unchanged(self) -> list[Route]:
        return [one for one in self.routes if not one.changes]

    @property
    def told(self) -> int:
        """How many visits are moved of which a customer hears by mail."""
        visits = (
            (self.day.visits[one.pk] for one in moved(self.day.problem, self.plan or {})) if self.plan else ()
        )
        return sum(1 for one in visits if confirms(one.job) and recipient(one.job))

    @property
    def counters(self) -> list[dict[str, Any]]:
        after = self.after or self.before
        soon = self.short_before if self.short_after is None else self.short_after
        spared = "g" if after.seconds < self.before.seconds else ""
        minutes = self._change(self.before.minutes, after.minutes, " min")
        kilometres = self._change(self.before.kilometres, after.kilometres, " km")
        return [
            {"label": _("Driving"), "value": minutes, "tone": spared},
            {"label": _("Distance"), "value": kilometres, "tone": spared},
            {
                "label": _("Too soon for the drive"),
                "value": self._change(self.short_before, soon),
                "tone": "r" if soon else "",
            },
            {"label": _("Visits that move"), "value": self.moved, "tone": ""},
        ]

    def _change(self, before: int, after: int, unit: str = "") -> str:
        return f"{before} → {after}{unit}" if self.plan else f"{before}{unit}"

    @property
    def towns(self) -> list[tuple[float, float, str]]:
        """The names of places, each once, where the first visit in it is."""
        found: dict[str, tuple[float, float]] = {}
        for pk, visit in self.day.visits.items():
            place = self.day.place_of(pk)
            if place:
                found.setdefault(visit.job.site.city, self.frame.at(place))
        return [(x, y, name) for name, (x, y) in found.items()]

    def _spans(self) -> Iterable[Span]:
        yield from (hours for one in self.day.days for hours in one.hours)
        for routes in filter(None, (self._now, self._then)):
            for route in routes.values():
                yield from (Span(moment_of(one.start), moment_of(one.end)) for one in route)

    def _stands(self) -> list[Place]:
        return [place for pk in self.day.visits if (place := self.day.place_of(pk))]

    def _homes(self) -> list[Place]:
        return [place for one in self.routes if (place := self.day.home_of(one.technician.pk))]

    def _route(self, pk: int, tint: str) -> Route:
        then = self._side(pk, self._then.get(pk, [])) if self._then is not None else None
        return Route(self.day.people[pk], tint, self._side(pk, self._now.get(pk, [])), then)

    def _side(self, pk: int, route: Sequence[Visit]) -> Side:
        problem = self.day.problem
        home = next((one.home for one in problem.drivers if one.technician == pk), None)
        calls, blocks, legs, before = [], [], [], home
        for number, one in enumerate(route, 1):
            visit = self.day.visits[one.pk]
            way = problem.ways.minutes(before, one.place)
            span = Span(moment_of(one.start), moment_of(one.end))
            calls.append(Call(number, visit, *span, way, self._was(visit, one), STAYS.get(one.fixed, "")))
            place = self.axis.place(span, self.day.day, self.day.crew.zone)
            leg = self.axis.place(
                Span(moment_of(one.start - way), span.start), self.day.day, self.day.crew.zone
            )
            if place:
                blocks.append((columns(*place), visit.job.customer.name))
            if leg and way:
                legs.append(columns(*leg))
            before = one.place if one.place is not None else before
        return Side(drive_of(problem, pk, route), calls, blocks, legs)

    def _was(self, visit: Assignment, one: Visit) -> str:
        """Where it stands now, when the plan has it elsewhere."""
        at = formats.clock_time(visit.starts_at)
        if visit.technician_id != one.technician:
            return _("was %(at)s with %(technician)s") % {"at": at, "technician": visit.technician}
        return _("was %(at)s") % {"at": at} if self._is_moved(visit.pk, one) else ""

    def _is_moved(self, pk: int, one: Visit) -> bool:
        return plan_now(self.day.problem)[pk] != Stop(one.technician, one.start)

    def _lines(self, routes: dict[int, list[Visit]]) -> list[Line]:
        lines = []
        for one in self.routes:
            home = self.day.home_of(one.technician.pk)
            calls = [
                (n, place)
                for n, visit in enumerate(routes.get(one.technician.pk, []), 1)
                if (place := self.day.place_of(visit.pk))
            ]
            if calls:
                ends = [home] if home else []
                way = [self.frame.at(place) for place in [*ends, *(place for _n, place in calls), *ends]]
                stops = [(*self.frame.at(place), n) for n, place in calls]
                points = " ".join(f"{x},{y}" for x, y in way)
                at_home = self.frame.at(home) if home else None
                lines.append(Line(one.tint, str(one.technician), points, stops, at_home))
        return lines


class _Frame:
    """From degrees to the map: north is up, and a kilometre is as long both ways."""

    def __init__(self, places: Sequence[Place]) -> None:
        north = [one[0] for one in places] or [0.0]
        east = [one[1] for one in places] or [0.0]
        self._narrow = cos(radians((min(north) + max(north)) / 2))
        self._middle = (min(north) + max(north)) / 2, (min(east) + max(east)) / 2
        high = max(max(north) - min(north), 0.02)
        wide = max((max(east) - min(east)) * self._narrow, 0.02)
        self._scale = min((WIDTH - 2 * EDGE) / wide, (HIGH - 2 * EDGE) / high)
        self.height = max(LOW, round(high * self._scale) + 2 * EDGE)

    def at(self, place: Place) -> tuple[float, float]:
        x = WIDTH / 2 + (place[1] - self._middle[1]) * self._narrow * self._scale
        y = self.height / 2 - (place[0] - self._middle[0]) * self._scale
        return round(x, 1), round(y, 1)
