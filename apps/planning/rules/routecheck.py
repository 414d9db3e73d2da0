"""Whether a plan for a day keeps its promises. Knows nothing of how the plan was found: it asks each rule by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from apps.planning.rules.routes import Driver, Pause, Plan, Problem, Stop, Visit
from apps.planning.rules.spans import Span

LOST, FIXED, PAST, WINDOW = "lost", "fixed", "past", "window"
UNKNOWN, SKILL, HOURS, OVERLAP, TRAVEL, PAUSE = "unknown", "skill", "hours", "overlap", "travel", "pause"


@dataclass(frozen=True)
class Broken:
    """A rule that a plan breaks: for which visit, or for whom."""

    rule: str
    visit: int = 0
    technician: int = 0


def broken(problem: Problem, plan: Plan) -> list[Broken]:
    """All of it; what nobody touches is not held against the plan."""
    visits = {one.pk: one for one in problem.visits}
    if set(visits) != set(plan):
        return [Broken(LOST, pk) for pk in sorted(set(visits) ^ set(plan))]
    drivers = {one.technician: one for one in problem.drivers}
    changed = {pk for pk, one in visits.items() if plan[pk] != Stop(one.technician, one.start)}
    found = [
        Broken(rule, pk) for pk in sorted(changed) for rule in _visit(problem, visits[pk], plan[pk], drivers)
    ]
    for driver in problem.drivers:
        route = sorted(
            ((plan[pk].start, pk) for pk in plan if plan[pk].technician == driver.technician),
        )
        if changed & {pk for _start, pk in route}:
            found += _route(problem, driver, [(visits[pk], start) for start, pk in route], changed)
    return found  # fmt: skip


def _visit(problem: Problem, visit: Visit, stop: Stop, drivers: dict[int, Driver]) -> list[str]:
    """What is wrong with the place of one visit that was moved, whatever stands around it."""
    driver = drivers.get(stop.technician)
    if driver is None:
        return [UNKNOWN]
    rules = {
        FIXED: bool(visit.fixed),
        PAST: stop.start < problem.now,
        WINDOW: not visit.window.start <= stop.start <= visit.window.end,
        SKILL: visit.skill is not None and visit.skill not in driver.skills,
        HOURS: stop.start < driver.hours.start or stop.start + visit.length > driver.hours.end,
    }
    return [rule for rule, is_broken in rules.items() if is_broken]


def _route(
    problem: Problem, driver: Driver, route: Sequence[tuple[Visit, int]], changed: set[int]
) -> list[Broken]:
    found = []
    one, start = route[0]
    for other, then in route[1:]:
        if changed & {one.pk, other.pk}:
            if start + one.length > then:
                found.append(Broken(OVERLAP, other.pk, driver.technician))
            # nobody leaves in the past either
            elif max(start + one.length, min(problem.now, then)) + _way(problem, one, other) > then:
                found.append(Broken(TRAVEL, other.pk, driver.technician))
        if then + other.length >= start + one.length:  # he is where what ends last ends
            one, start = other, then
    first, begins = route[0]
    if first.pk in changed and problem.now + problem.ways.minutes(driver.home, first.place) > begins:
        found.append(Broken(TRAVEL, first.pk, driver.technician))
    stays = [(one, start) for one, start in route if one.fixed]
    for pause in driver.pauses:
        # what is over by now, or has no room between the visits that stay, no plan can give
        possible = pause.window.end - pause.length >= problem.now and _has(pause, problem, stays)
        if possible and not _has(pause, problem, route):
            found.append(Broken(PAUSE, technician=driver.technician))
    return found


def _has(pause: Pause, problem: Problem, route: Sequence[tuple[Visit, int]]) -> bool:
    return any(
        gap.length - way >= pause.length
        and min(gap.end, pause.window.end) - max(gap.start, pause.window.start) >= pause.length
        for gap, way in _gaps(problem, route)
    )


def _gaps(problem: Problem, route: Sequence[tuple[Visit, int]]) -> list[tuple[Span, int]]:
    """The time between visits, before the first and after the last, each with the way that is driven in it."""
    if not route:
        return [(Span(0, 2**40), 0)]
    gaps = [
        (Span(start + one.length, then), _way(problem, one, other))
        for (one, start), (other, then) in pairwise(route)
    ]
    first, last = route[0][1], max(start + one.length for one, start in route)
    day = 24 * 60
    return [(Span(first - day, first), 0), *gaps, (Span(last, last + day), 0)]


def _way(problem: Problem, one: Visit, other: Visit) -> int:
    return problem.ways.minutes(one.place, other.place)
