"""How long better routes take to find for a whole company's day, and what more time would still spare."""

import random
import time
from collections.abc import Iterator

from apps.planning.routes import plan_find
from apps.planning.rules.routes import Drive, Driver, Problem, Visit, Ways, drive_all, plan_now, working_day
from apps.planning.rules.spans import Span
from apps.planning.rules.suggest import ROAD_FACTOR, SPEED_KMH

# Technicians, visits, and the seconds within which there is an answer.
DAYS = ((20, 100, 5), (100, 500, 15))
LONG_RUN = 40.0
HOUR = 60
MIDNIGHT = 20_000 * 24 * HOUR
EIGHT, NOON, FIVE = (MIDNIGHT + hour * HOUR for hour in (8, 12, 17))
HOURS = (Span(EIGHT, NOON), Span(NOON + 30, FIVE))
KILOMETRES = 60  # one side of the square in which all of it lies


def day_made(technicians: int, visits: int) -> Problem:
    """A day as it was booked in the order of the calls, in each technician's half of the region; the same in each run."""
    rng = random.Random(technicians)
    homes = [(rng.uniform(0, KILOMETRES), rng.uniform(0, KILOMETRES)) for _n in range(technicians)]
    sites = [(rng.uniform(0, KILOMETRES), rng.uniform(0, KILOMETRES)) for _n in range(visits)]
    working = working_day(HOURS, [], [])
    assert working is not None
    drivers = tuple(Driver(n, n, *working) for n in range(technicians))
    begins, booked = dict.fromkeys(range(technicians), EIGHT), []
    for n in range(visits):
        who, length = n % technicians, rng.choice([30, 45, 60])
        start = begins[who] if begins[who] + length <= NOON or begins[who] > NOON else NOON + 30
        begins[who] = start + length
        window = Span(EIGHT, FIVE) if n % 2 else Span(max(EIGHT, start - 120), start + 120)
        booked.append(Visit(n + 1, who, start, length, technicians + n, window, priority=40))
    return Problem(EIGHT - 24 * HOUR, drivers, tuple(booked), _ways([*homes, *sites]))


def _ways(places: list[tuple[float, float]]) -> Ways:
    metres = [
        [round(((a - c) ** 2 + (b - d) ** 2) ** 0.5 * ROAD_FACTOR * 1000) for c, d in places]
        for a, b in places
    ]
    return Ways([[round(one / 1000 / SPEED_KMH * 3600) for one in row] for row in metres], metres)


def routes_cost() -> Iterator[str]:
    """In a sentence each: how long it took, what it spares, and how far a run of many times as long comes."""
    for technicians, visits, budget in DAYS:
        problem = day_made(technicians, visits)
        before = drive_all(problem, plan_now(problem))
        began = time.perf_counter()
        found = plan_find(problem).plan
        took = time.perf_counter() - began
        longer = plan_find(problem, seconds=LONG_RUN).plan
        after, best = (drive_all(problem, plan) if plan else before for plan in (found, longer))
        yield (
            f"Routes of {technicians} technicians and {visits} visits with lunch: {took:.1f} s; budget {budget} s:"
            f" {'ok' if found and took <= budget else 'over'}. {before.minutes} → {after.minutes} min on the road;"
            f" a run of {LONG_RUN:.0f} s: {best.minutes} ({_gap(after, best):+.1f} %)."
        )


def _gap(one: Drive, other: Drive) -> float:
    return (one.seconds / max(1, other.seconds) - 1) * 100
