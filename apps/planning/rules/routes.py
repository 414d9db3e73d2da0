"""A day's routes: who drives where, and what it costs. Moments are whole minutes since 1970; docs/algorithms/routes.md."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from apps.planning.rules.spans import Span, clip, merge, subtract

# A visit begins on a multiple of this many minutes, and a way is reckoned in as many.
GRID = 5
# A pause of the working hours that is not longer is lunch: it may shift by so much, both ways.
LONGEST_LUNCH = 90
LUNCH_SHIFT = 60


@dataclass(frozen=True)
class Ways:
    """Seconds and metres between places, by their number. What is known of no place is no way."""

    seconds: Sequence[Sequence[int]]
    metres: Sequence[Sequence[int]]

    def minutes(self, one: int | None, other: int | None) -> int:
        return 0 if one is None or other is None else -(-self.seconds[one][other] // 60)

    def of(self, stops: Iterable[int | None]) -> "Drive":
        """The way along all of them; places that are not known are passed over."""
        known = [one for one in stops if one is not None]
        pairs = list(pairwise(known))
        return Drive(sum(self.seconds[a][b] for a, b in pairs), sum(self.metres[a][b] for a, b in pairs))


@dataclass(frozen=True)
class Drive:
    seconds: int = 0
    metres: int = 0

    def __add__(self, other: "Drive") -> "Drive":
        return Drive(self.seconds + other.seconds, self.metres + other.metres)

    @property
    def minutes(self) -> int:
        return round(self.seconds / 60)

    @property
    def kilometres(self) -> int:
        return round(self.metres / 1000)


@dataclass(frozen=True)
class Visit:
    """A visit of the day and where it stands now. It may begin from `window.start` until and with `window.end`.

    `fixed` says in one word why it stays where it is; empty when it may move.
    """

    pk: int
    technician: int
    start: int
    length: int
    place: int | None
    window: Span
    skill: int | None = None
    priority: int = 0
    fixed: str = ""

    @property
    def end(self) -> int:
        return self.start + self.length

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(frozen=True)
class Pause:
    """Time that must stay free in one piece, somewhere in its window: lunch, or exactly then: an absence."""

    length: int
    window: Span


@dataclass(frozen=True)
class Driver:
    """A technician's day: between which moments visits may lie, and what must stay free of them."""

    technician: int
    home: int | None
    hours: Span
    pauses: tuple[Pause, ...] = ()
    skills: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Problem:
    now: int
    drivers: tuple[Driver, ...]
    visits: tuple[Visit, ...]
    ways: Ways

    def stay(self, pks: Iterable[int], why: str) -> "Problem":
        """The same with these visits where they are."""
        kept = set(pks)
        visits = (replace(one, fixed=one.fixed or why) if one.pk in kept else one for one in self.visits)
        return replace(self, visits=tuple(visits))


@dataclass(frozen=True)
class Stop:
    """Where a visit comes to stand."""

    technician: int
    start: int


Plan = Mapping[int, Stop]


def plan_now(problem: Problem) -> dict[int, Stop]:
    return {one.pk: Stop(one.technician, one.start) for one in problem.visits}


def moved(problem: Problem, plan: Plan) -> list[Visit]:
    """The visits that the plan puts elsewhere."""
    return [one for one in problem.visits if plan[one.pk] != Stop(one.technician, one.start)]


def routes_of(problem: Problem, plan: Plan) -> dict[int, list[Visit]]:
    """For each technician with visits: the visits in the order of the plan, with who and when of the plan."""
    found: dict[int, list[Visit]] = {}
    for one in problem.visits:
        stop = plan[one.pk]
        found.setdefault(stop.technician, []).append(
            replace(one, technician=stop.technician, start=stop.start)
        )
    return {who: sorted(route, key=lambda one: (one.start, one.end)) for who, route in found.items()}


def drive_of(problem: Problem, technician: int, route: Sequence[Visit]) -> Drive:
    """From home past all visits and home again; nothing when there are none."""
    home = next((one.home for one in problem.drivers if one.technician == technician), None)
    return problem.ways.of([home, *(one.place for one in route), home]) if route else Drive()


def drive_all(problem: Problem, plan: Plan) -> Drive:
    found = (drive_of(problem, who, route) for who, route in routes_of(problem, plan).items())
    return sum(found, Drive())


def short_ways(problem: Problem, plan: Plan) -> int:
    """How many visits begin sooner than the way from the one before allows."""
    pairs = [pair for route in routes_of(problem, plan).values() for pair in pairwise(route)]
    return sum(one.end + problem.ways.minutes(one.place, other.place) > other.start for one, other in pairs)


def working_day(
    working: Sequence[Span], away: Sequence[Span], fixed: Sequence[Span]
) -> tuple[Span, tuple[Pause, ...]] | None:
    """What is left of working hours: from the first minute to the last, and the pauses in between; None when nothing is.

    A short gap of the hours is lunch, which may shift; it is given up where absences and the visits that stay leave no room
    for it. An absence is exactly then, save where such a visit lies on it.
    """
    hours = merge(working)
    left = subtract(hours, away)
    if not left:
        return None
    whole = Span(left[0].start, left[-1].end)
    lunches = {Span(one.end, other.start) for one, other in pairwise(hours)}
    gaps = [Span(one.end, other.start) for one, other in pairwise(left)]
    short = [gap for gap in gaps if gap in lunches and gap.length <= LONGEST_LUNCH]
    exact = [part for gap in gaps if gap not in short for part in subtract([gap], fixed)]
    pauses = [Pause(part.length, part) for part in exact]
    for gap in short:
        near = clip([Span(gap.start - LUNCH_SHIFT, gap.end + LUNCH_SHIFT)], whole)
        windows = subtract(near, [one.window for one in pauses])
        window = max(windows, key=lambda one: one.length, default=Span(0, 0))
        if any(free.length >= gap.length for free in subtract([window], fixed)):
            pauses.append(Pause(gap.length, window))
    return whole, tuple(sorted(pauses, key=lambda one: one.window))


def up(minute: int) -> int:
    return -(-minute // GRID) * GRID


def down(minute: int) -> int:
    return minute // GRID * GRID
