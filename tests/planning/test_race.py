"""Eight planners at once on real connections: no overlap that nobody acknowledged, and no deadlock."""

import random
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from apps.accounts.actions import groups_sync
from apps.accounts.roles import ADMIN, OFFICE, OWNER, TECHNICIAN
from apps.core import clock, numbering
from apps.core.actors import SYSTEM
from apps.core.refusals import Refused
from apps.planning.actions import (
    DoubleBooking,
    MovedMeanwhile,
    assignment_move,
    assignment_place,
    assignments,
)
from apps.planning.models import Assignment, Overbooking
from apps.technicians.actions import technician_create
from tests.beside import beside, waits_at
from tests.conftest import Cast, user_make
from tests.planning.conftest import NOW, World, at

PLANNERS = 8
ROUNDS = 9


@pytest.fixture
def busy(transactional_db: None) -> Iterator[World]:
    """Two technicians with two bookings each, committed, so that other connections see them."""
    groups_sync()
    numbering.series_sync()
    people = {"olga": OWNER, "bram": OFFICE, "petra": OFFICE, "tim": TECHNICIAN, "tessa": TECHNICIAN,
              "zeno": TECHNICIAN, "ada": ADMIN}  # fmt: skip
    cast = Cast(**{name: user_make(name.title(), role) for name, role in people.items()})
    for user in (cast.tim, cast.tessa, cast.zeno):
        technician_create(by=SYSTEM, user=user)
    with clock.at(NOW):
        world = World(cast)
        for technician in (world.tim, world.tessa):
            for start in (at(8), at(13)):
                assignment_place(
                    technician=technician, start=start, end=start + timedelta(hours=2), by=cast.petra,
                    work_order=world.order(confirm_to_customer=False), confirm=False,
                )  # fmt: skip
        yield world


def planner(world: World, seed: int, barrier: threading.Barrier, troubles: list[Exception]) -> None:
    """Books and moves at random around the same hours; accepts only the clashes that it has seen."""
    chance = random.Random(seed)
    try:
        with clock.at(NOW):
            barrier.wait()
            for _round in range(ROUNDS):
                attempt(world, chance, troubles)
    finally:
        connection.close()


def attempt(world: World, chance: random.Random, troubles: list[Exception]) -> None:
    technician = chance.choice([world.tim, world.tessa])
    start = at(8) + timedelta(minutes=15 * chance.randrange(28))
    end = start + timedelta(minutes=15 * chance.randrange(2, 9))
    booking = chance.choice([None, *Assignment.objects.active().order_by("pk")[:6]])
    seen: list[int] = []
    for _try in range(2):
        common: dict[str, Any] = {
            "technician": technician, "start": start, "end": end, "by": world.cast.petra, "seen": seen,
            "reason": "busy", "confirm": False,
        }  # fmt: skip
        try:
            if booking is None:
                order = world.order(confirm_to_customer=False)
                assignment_place(work_order=order, **common)
            else:
                assignment_move(assignment=booking, version=booking.version, **common)
        except DoubleBooking as clash:
            seen = [one.pk for one in clash.clashes]
            continue
        except Refused:
            return
        except Exception as error:  # a deadlock, or whatever a planner must not meet
            troubles.append(error)
        return


def run(world: World) -> tuple[list[tuple[int, int]], list[Exception]]:
    """(pairs that overlap without an overbooking that names them, deadlocks and other faults)."""
    barrier, troubles = threading.Barrier(PLANNERS), []
    threads = [
        threading.Thread(target=planner, args=(world, seed, barrier, troubles)) for seed in range(PLANNERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return unacknowledged(), troubles


def unacknowledged() -> list[tuple[int, int]]:
    known = {frozenset(pair) for pair in Overbooking.objects.values_list("assignment_id", "over_id")}
    rows = list(Assignment.objects.active())
    return [
        (one.pk, other.pk)
        for n, one in enumerate(rows)
        for other in rows[n + 1 :]
        if one.technician_id == other.technician_id
        and one.starts_at < other.ends_at
        and other.starts_at < one.ends_at
        and frozenset((one.pk, other.pk)) not in known
    ]


@pytest.mark.django_db(transaction=True)
def test_no_overlap_without_somebody_who_saw_it(busy: World) -> None:
    overlaps, troubles = run(busy)
    assert Assignment.objects.count() > 6
    assert Overbooking.objects.exists()
    assert overlaps == []
    assert troubles == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_a_second_planner_waits_for_the_technician_before_looking_at_the_plan(
    busy: World, monkeypatch: Any, locked: bool
) -> None:
    """With the lock off (the control) they have looked at the plan already, and meet at the writing of it."""
    if not locked:
        monkeypatch.setattr(assignments, "technicians_lock", lambda ids: nullcontext())
    common: dict[str, Any] = {
        "technician": busy.tim, "start": at(16), "end": at(17), "by": busy.cast.petra, "confirm": False
    }  # fmt: skip
    first, second = busy.order(confirm_to_customer=False), busy.order(confirm_to_customer=False)
    with transaction.atomic():
        assignment_place(work_order=first, **common)
        thread, outcome = beside(lambda: assignment_place(work_order=second, **common), NOW)
        where = waits_at()
    thread.join(120)
    assert ("pg_advisory_xact_lock" in where, "planning_assignment" in where) == (locked, not locked)
    assert isinstance(outcome[0], DoubleBooking), outcome


@pytest.mark.django_db(transaction=True)
def test_a_booking_that_goes_to_another_while_an_old_page_asks_for_it_is_moved_meanwhile(busy: World) -> None:
    """The old page knows neither technician of the move under way: their locks do not keep it waiting, the row does."""
    by, stale = busy.cast.petra, Assignment.objects.active().filter(technician=busy.tim).order_by("pk")[0]

    def move(booking: Assignment, technician: Any) -> Assignment:
        return assignment_move(
            assignment=booking, version=booking.version, technician=technician, start=at(18), end=at(19), by=by,
            reason="busy", confirm=False,
        )  # fmt: skip

    now = move(Assignment.objects.get(pk=stale.pk), busy.tessa)
    with transaction.atomic():
        move(now, busy.zeno)
        thread, outcome = beside(lambda: move(stale, busy.tim), NOW)
        assert "planning_assignment" in waits_at()
    thread.join(120)
    assert isinstance(outcome[0], MovedMeanwhile), outcome


@pytest.mark.django_db(transaction=True)
def test_of_twenty_planners_on_one_free_slot_one_books_and_the_others_are_told_who(busy: World) -> None:
    orders = [busy.order(confirm_to_customer=False) for _n in range(20)]
    barrier, outcomes = threading.Barrier(20), []

    def book(order: Any) -> None:
        try:
            with clock.at(NOW):
                barrier.wait(60)
                common: dict[str, Any] = {
                    "start": at(16),
                    "end": at(17),
                    "by": busy.cast.petra,
                    "confirm": False,
                }
                assignment_place(technician=busy.zeno, work_order=order, known=[], **common)
                outcomes.append(None)
        except DoubleBooking as clash:
            outcomes.append([one.job.number for one in clash.clashes])
        finally:
            connection.close()

    threads = [threading.Thread(target=book, args=(one,)) for one in orders]
    for one in threads:
        one.start()
    for one in threads:
        one.join(120)
    [booking] = Assignment.objects.active().filter(technician=busy.zeno)
    assert outcomes.count(None) == 1
    assert [one for one in outcomes if one is not None] == [[booking.work_order.number]] * 19
