"""A better plan for a day breaks no rule and loses nothing, whatever the day looks like."""

import random
from collections import Counter
from typing import Any, Self

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.acceptance.bench.routes import day_made
from apps.planning.routes import plan_find
from apps.planning.routesearch import answer
from apps.planning.rules import routecheck
from apps.planning.rules.routemodel import model, plan_of, shift_of
from apps.planning.rules.routes import (
    Driver,
    Plan,
    Problem,
    Stop,
    Visit,
    Ways,
    drive_all,
    moved,
    plan_now,
    short_ways,
    working_day,
)
from apps.planning.rules.spans import Span

MIDNIGHT = 29_000_000 // 1440 * 1440
EIGHT, NOON, FIVE = (MIDNIGHT + hour * 60 for hour in (8, 12, 17))


def ways(rng: random.Random, count: int) -> Ways:
    places = [(rng.uniform(0, 50), rng.uniform(0, 50)) for _n in range(count)]
    km = [[((a - c) ** 2 + (b - d) ** 2) ** 0.5 * 1.3 for c, d in places] for a, b in places]
    return Ways(
        [[round(one / 50 * 3600) for one in row] for row in km],
        [[round(one * 1000) for one in row] for row in km],
    )


def random_day(rng: random.Random) -> Problem:
    """Some technicians, with lunch and absences, and visits that lie anyhow: apart, over each other, out of hours, without a place."""
    crew, count = rng.randint(1, 4), rng.randint(1, 14)
    now = rng.choice([MIDNIGHT - 600, MIDNIGHT - 600, EIGHT + rng.randint(0, 540)])
    visits = []
    for pk in range(1, count + 1):
        length = rng.choice([30, 45, 47, 60, 90, 120])
        start = EIGHT + rng.choice([rng.randint(-90, 560), rng.randrange(0, 480, 15)])
        fixed = "begun" if start <= now else rng.choice(["", "", "", "confirmed"])
        early, late = rng.choice([(600, 900), (30, 30), (0, 60), (240, 120)])
        window = Span(start, start) if fixed else Span(max(now, start - early), start + late)
        place = rng.choice([None, *range(crew, crew + count)]) if fixed else crew + pk - 1
        skill = rng.choice([None, None, 1, 2])
        visits.append(
            Visit(
                pk, rng.randint(1, crew + 1), start, length, place, window, skill, rng.choice([40, 80]), fixed
            )
        )
    drivers = []
    for who in range(1, crew + 1):
        away = (
            [Span(at := EIGHT + rng.randint(0, 500), at + rng.randint(10, 200))] if rng.random() < 0.3 else []
        )
        halves = rng.choice(
            [[Span(EIGHT, FIVE)], [Span(EIGHT, NOON), Span(NOON + 30, FIVE)], [Span(EIGHT, NOON - 60)]]
        )
        found = working_day(halves, away, [one.span for one in visits if one.fixed and one.technician == who])
        skills = frozenset(rng.sample([1, 2], rng.randint(0, 2)))
        if found:
            drivers.append(Driver(who, rng.choice([None, who - 1]), *found, skills=skills))
    return Problem(now, tuple(drivers), tuple(visits), ways(rng, crew + count))


class Here:
    """The solver, without a process of its own."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        pass

    def ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        return answer(asked)


def rules_broken(problem: Problem, plan: Plan) -> list[str]:
    """Asked once more, minute by minute, and by nothing that the product asks."""
    found = []
    for one in problem.visits:
        stop = plan[one.pk]
        if stop == Stop(one.technician, one.start):
            continue
        driver = next(it for it in problem.drivers if it.technician == stop.technician)
        minutes = range(stop.start, stop.start + one.length)
        others = [
            it for it in problem.visits if it.pk != one.pk and plan[it.pk].technician == stop.technician
        ]
        taken = {m for it in others for m in range(plan[it.pk].start, plan[it.pk].start + it.length)}
        checks = {
            "fixed": not one.fixed, "past": stop.start >= problem.now, "overlap": not taken & set(minutes),
            "window": one.window.start <= stop.start <= one.window.end,
            "skill": one.skill in {None, *driver.skills},
            "hours": all(driver.hours.start <= m < driver.hours.end for m in minutes),
            "grid": stop.start % 5 == 0,
        }  # fmt: skip
        exact = [p.window for p in driver.pauses if p.length == p.window.length]
        checks["away"] = not any(window.start <= m < window.end for window in exact for m in minutes)
        found += [f"{one.pk}: {name}" for name, holds in checks.items() if not holds]
    return found


@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**6))
def test_a_better_plan_breaks_nothing_and_loses_nobody(seed: int) -> None:
    problem = random_day(random.Random(seed))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("apps.planning.routes.Solver", Here)  # a process for each day takes a second
        patch.setattr("apps.planning.routes.SEARCH", ((10_000, 0.5),))
        found = plan_find(problem)
    if found.plan is None:
        assert found.why == "same"
        return
    assert Counter(found.plan.keys()) == Counter(one.pk for one in problem.visits)
    assert routecheck.broken(problem, found.plan) == []
    assert rules_broken(problem, found.plan) == []
    now = plan_now(problem)
    before, after = ((short_ways(problem, it), drive_all(problem, it).seconds) for it in (now, found.plan))
    assert after < before
    assert moved(problem, found.plan)


@pytest.mark.parametrize("crew", [3, 4, 5])
def test_the_moments_of_a_full_day_fit_wherever_the_order_does(crew: int) -> None:
    """What the solver finds a place for stands there: no route is lost to the rounding of moments."""
    problem = day_made(crew, crew * 5)
    shifts = [shift for one in problem.drivers if (shift := shift_of(problem, one))]
    found = answer(model(problem, shifts, 0.5))
    plan, lost = plan_of(problem, shifts, found["routes"], found["left"])
    assert lost == set(found["left"])
    assert len(plan) == len(problem.visits)
