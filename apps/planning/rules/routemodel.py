"""A day in the terms of the solver, and the moments at which its order of visits comes to stand.

The solver gets whole numbers and answers with an order. Which moments that makes is reckoned here: as near to the present ones as
it can be, so that no customer hears of a move that nobody needs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from apps.planning.rules.routes import Driver, Pause, Problem, Stop, Visit, down, up
from apps.planning.rules.spans import Span, clip

FIXED_PRIORITY = 100


@dataclass(frozen=True)
class Anchor:
    """A visit that stays, as the route sees it: where two of them overlap, each has its own part of the time."""

    visit: Visit
    span: Span


@dataclass(frozen=True)
class Shift:
    """The part of a driver's day in which visits can be laid: from where, since when, and to where."""

    driver: Driver
    span: Span
    begins: int | None
    leaves: int  # earliest departure from there
    ends: int | None
    ends_hard: bool  # whether he must be there at the end of the span; home he drives after hours
    anchors: tuple[Anchor, ...]

    @property
    def pauses(self) -> list[Pause]:
        """Those that lie in the span; what is cut off of a window is over, or another visit's."""
        cut = ((one, clip([one.window], self.span)) for one in self.driver.pauses)
        return [Pause(min(one.length, left[0].length), left[0]) for one, left in cut if left]


def shift_of(problem: Problem, driver: Driver) -> Shift | None:
    """None when the visits that stay leave nothing of the day."""
    anchors = _anchors(one for one in problem.visits if one.fixed and one.technician == driver.technician)
    start, end = max(driver.hours.start, up(problem.now)), driver.hours.end
    begins, leaves, ends, hard = driver.home, problem.now, driver.home, False
    inside = []
    for one in anchors:
        if one.span.start < start:
            begins, leaves = one.visit.place, max(problem.now, one.span.end)
            start = max(start, one.span.end)
        elif one.span.end > end:
            end, ends, hard = min(end, one.span.start), one.visit.place, True
        else:
            inside.append(one)
    span = Span(up(start), down(end))
    inside = [one for one in inside if span.start <= one.span.start and one.span.end <= span.end]
    if span.start >= span.end:
        return None
    return Shift(driver, span, begins, leaves, ends, hard, tuple(inside))


def _anchors(visits: Iterable[Visit]) -> list[Anchor]:
    found: list[Anchor] = []
    for one in sorted(visits, key=lambda visit: (visit.start, visit.end)):
        end = one.end
        if found and found[-1].span.end > one.start:
            before = found[-1]
            end = max(end, before.span.end)
            found[-1] = Anchor(before.visit, Span(before.span.start, one.start))
        found.append(Anchor(one, Span(one.start, end)))
    return found


def model(problem: Problem, shifts: Sequence[Shift], seconds: float) -> dict[str, Any]:
    """What the solver is asked. Each job has a row of its own, and after the jobs each vehicle two: where it begins and ends.

    `caps` are single ways, from row to row, that take no more than so many minutes: between what stays, that is all there is.
    """
    movable = [one for one in problem.visits if not one.fixed]
    skills = sorted({one.skill for one in movable if one.skill is not None})
    zero = min((one.span.start for one in shifts), default=0)
    vehicles: list[dict[str, Any]] = []
    jobs: list[dict[str, Any]] = []
    stays: list[list[tuple[int, Span]]] = []
    for n, shift in enumerate(shifts):
        own = len(skills) + n  # a skill that nobody else has: what stays stays with its technician
        vehicles.append(
            {
                "begins": shift.begins,
                "ahead": down(shift.span.start - shift.leaves),
                "ends": shift.ends,
                "ends_hard": shift.ends_hard,
                "window": [shift.span.start - zero, shift.span.end - zero],
                "skills": [own, *(skills.index(one) for one in shift.driver.skills if one in skills)],
                "pauses": [_pause(one, zero) for one in shift.pauses],
            }
        )
        stays.append([])
        for anchor, span in zip(shift.anchors, _apart(shift.anchors), strict=True):
            stays[-1].append((len(jobs), span))
            jobs.append(_job(anchor.visit, span.length, Span(span.start, span.start), zero, [own]))
    for one in movable:
        window = Span(max(zero, up(one.window.start)), down(one.window.end))
        if window.start <= window.end:
            needed = [] if one.skill is None else [skills.index(one.skill)]
            jobs.append(_job(one, up(one.length), window, zero, needed))
    caps = [cap for n, shift in enumerate(shifts) for cap in _caps(shift, stays[n], len(jobs) + 2 * n)]
    return {
        "ways": problem.ways.seconds,
        "vehicles": vehicles,
        "jobs": jobs,
        "caps": caps,
        "seconds": seconds,
    }


def _job(visit: Visit, length: int, window: Span, zero: int, skills: list[int]) -> dict[str, Any]:
    return {
        "pk": visit.pk,
        "place": visit.place,
        "length": length,
        "window": [window.start - zero, window.end - zero],
        "skills": skills,
        "priority": FIXED_PRIORITY if visit.fixed else visit.priority,
    }


def _caps(shift: Shift, stays: Sequence[tuple[int, Span]], begins: int) -> list[list[int]]:
    """The time that there is from one that stays to the next, and from where the day begins and to where it ends."""
    whole = shift.span
    rows = [
        (begins, Span(whole.start, whole.start)), *stays, (begins + 1, Span(whole.end, whole.end)),
    ]  # fmt: skip
    found = []
    for (one, before), (other, after) in pairwise(rows):
        gap = Span(before.end, max(before.end, after.start))
        exactly = (p.length for p in shift.pauses if p.length == p.window.length and p.window.overlaps(gap))
        found.append([one, other, max(0, gap.length - sum(exactly))])
    return found


def _apart(anchors: Sequence[Anchor]) -> list[Span]:
    """On the grid: what is rounded outwards does not overlap for that."""
    found: list[Span] = []
    for span in (Span(down(one.span.start), up(one.span.end)) for one in anchors):
        start = max(span.start, found[-1].end) if found else span.start
        found.append(Span(start, max(start, span.end)))
    return found


def _pause(pause: Pause, zero: int) -> list[int]:
    """Length, and between which moments it may begin."""
    return [pause.length, pause.window.start - zero, pause.window.end - pause.length - zero]


@dataclass(frozen=True)
class Step:
    """A visit of a route, or a pause, in the order of the solver."""

    visit: Visit | None = None
    pause: Pause | None = None


@dataclass
class _Piece:
    """A visit with what it asks: how long after the one before it may begin, and between which moments."""

    visit: Visit
    span: Span  # earliest and latest beginning
    length: int
    after: int  # minutes after the end of the one before
    given: bool = False  # whether it begins then even where that is too soon


def timed(problem: Problem, shift: Shift, steps: Sequence[Step]) -> dict[int, Stop] | None:
    """The moments of one route: the n-th visit as near as can be to where an n-th visit stood. None: they do not fit."""
    pieces = _pieces(problem, shift, steps)
    latest = shift.span.end
    if pieces and shift.ends_hard:
        latest -= problem.ways.minutes(pieces[-1].visit.place, shift.ends)
    for one in reversed(pieces):
        if not one.visit.fixed:
            one.span = Span(one.span.start, down(min(one.span.end, latest - one.length)))
        latest = one.span.end - one.after
    wishes = iter(sorted(one.visit.start for one in pieces if not one.visit.fixed))
    ends, found = shift.span.start, {}
    for one in pieces:
        earliest = max(one.span.start, ends + one.after)
        if one.visit.fixed:
            start = one.span.start
        else:
            start = min(max(up(earliest), up(next(wishes))), down(one.span.end))
            found[one.visit.pk] = Stop(shift.driver.technician, start)
        if start < earliest and not one.given:
            return None
        ends = start + one.length
    return found


def _pieces(problem: Problem, shift: Shift, steps: Sequence[Step]) -> list[_Piece]:
    anchors = {one.visit.pk: one.span for one in shift.anchors}
    pieces: list[_Piece] = []
    waiting: list[Pause] = []
    for step in steps:
        if step.pause:
            waiting.append(step.pause)
        if step.visit:
            piece = _piece(problem, shift, step.visit, pieces[-1] if pieces else None, anchors)
            piece.after += sum(pause.length for pause in waiting)
            for pause in waiting:
                _rest(pause, pieces[-1] if pieces else None, piece)
            waiting = []
            pieces.append(piece)
    for pause in waiting:
        _rest(pause, pieces[-1] if pieces else None, None)
    return pieces


def _piece(
    problem: Problem, shift: Shift, visit: Visit, before: _Piece | None, anchors: dict[int, Span]
) -> _Piece:
    if before:
        after = problem.ways.minutes(before.visit.place, visit.place)
    else:
        after = max(0, problem.ways.minutes(shift.begins, visit.place) - (shift.span.start - shift.leaves))
    if visit.fixed:
        stands = anchors[visit.pk]
        given = before is None or bool(before.visit.fixed)  # what stays before what stays is so by now
        return _Piece(visit, Span(stands.start, stands.start), stands.length, after, given)
    window = Span(max(visit.window.start, shift.span.start), visit.window.end)
    return _Piece(visit, window, visit.length, after)


def _rest(pause: Pause, before: _Piece | None, after: _Piece | None) -> None:
    """Between two visits there is room for the pause, within its window."""
    if after and not after.visit.fixed:
        after.span = Span(max(after.span.start, pause.window.start + pause.length), after.span.end)
    if before and not before.visit.fixed:
        last = pause.window.end - pause.length - before.length
        before.span = Span(before.span.start, min(before.span.end, last))


def _as_now(steps: Sequence[Step]) -> list[Step]:
    """The same with visits at one place in their present order: to the solver one is as good as the other."""
    found = list(steps)
    at = [n for n, step in enumerate(found) if step.visit]
    for _place, run in groupby(
        at, key=lambda n: (visit := found[n].visit) and (bool(visit.fixed), visit.place)
    ):
        places = list(run)
        stays = any(found[n].visit.fixed for n in places)  # type: ignore[union-attr]
        visits = sorted((found[n].visit for n in places), key=lambda one: one.start)  # type: ignore[union-attr]
        for n, visit in zip(places, [] if stays else visits, strict=False):
            found[n] = Step(visit=visit)
    return found


def plan_of(
    problem: Problem, shifts: Sequence[Shift], routes: Sequence[Sequence[int]], left: Sequence[int]
) -> tuple[dict[int, Stop], set[int]]:
    """The plan that the solver's routes make, and the visits that have no place in it: left out, or of a route that does not fit.

    A route is keys of visits in order; −n is the n-th pause (from 1).
    """
    visits = {one.pk: one for one in problem.visits}
    found: dict[int, Stop] = {}
    lost = set(left)
    for shift, keys in zip(shifts, routes, strict=True):
        pauses = shift.pauses
        steps = [Step(visit=visits[key]) if key > 0 else Step(pause=pauses[-key - 1]) for key in keys]
        times = timed(problem, shift, _as_now(steps)) or timed(problem, shift, steps)
        if times is None:
            lost |= {key for key in keys if key > 0}
        else:
            found |= times
    stands = {one.pk: Stop(one.technician, one.start) for one in problem.visits if one.pk not in found}
    unplaced = {one.pk for one in problem.visits if not one.fixed and one.pk not in found}
    return found | stands, (lost | unplaced) - {one.pk for one in problem.visits if one.fixed}
