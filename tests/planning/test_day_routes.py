"""Better routes for a day: found, looked at, applied on yes, taken back, and refused when the day is another one by now."""

from collections.abc import Callable
from datetime import date
from typing import Any

import lxml.html
import pytest

from apps.core import clock
from apps.planning.actions import (
    absence_add,
    assignment_move,
    assignment_place,
    day_routes_apply,
)
from apps.planning.actions.routes import DayChanged, Move
from apps.planning.models import Appointment, Assignment, PlanStep
from apps.planning.routes import DayRoutes, plan_find
from apps.planning.rules.routes import moved
from apps.planning.rules.wall import moment_of
from apps.planning.solver import NoAnswer, Solver
from tests.pages import submit
from tests.planning.conftest import MONDAY, World, at
from tests.planning.test_day import BREDA, UTRECHT, booked, lives
from tests.planning.test_telling import letters
from tests.planning.test_undo import main

pytestmark = pytest.mark.django_db
As = Callable[..., Any]
PAGE = f"/planning/routes/?day={MONDAY:%Y-%m-%d}"


@pytest.fixture
def crossing(world: World) -> list[Assignment]:
    """Tim lives in Breda and Tessa in Utrecht, and each is booked where the other lives, at the same hours."""
    lives(world.tim, BREDA)
    lives(world.tessa, UTRECHT)
    absence_add(technician=world.zeno, start=at(0), end=at(0, day=14), by=world.cast.petra)
    return [
        booked(world, world.tim, 9, UTRECHT),
        booked(world, world.tim, 14, UTRECHT),
        booked(world, world.tessa, 9, BREDA),
        booked(world, world.tessa, 14, BREDA),
    ]


def now(visits: list[Assignment]) -> list[tuple[int, Any]]:
    return [
        (one.technician_id, one.starts_at)
        for one in Assignment.objects.filter(pk__in=[v.pk for v in visits]).order_by("pk")
    ]


def test_visits_change_places_on_yes_and_back_on_undo(
    world: World, crossing: list[Assignment], client_as: As
) -> None:
    """All four at the hours that they had, with who lives there: each takes the place of another one."""
    petra, before = client_as(world.cast.petra), now(crossing)
    page = petra.get(PAGE + "&optimise=1")
    said = main(page)
    assert "4 visits move." in said
    assert now(crossing) == before, "looking moves nothing"
    after = submit(page, client=petra, press="Move them", follow=True)
    assert "4 visits moved." in main(after)
    tim, tessa = world.tim.pk, world.tessa.pk
    assert now(crossing) == [(tessa, at(9)), (tessa, at(14)), (tim, at(9)), (tim, at(14))]
    assert all(one.lanes.upper is None for one in Assignment.objects.all())
    back = submit(after, client=petra, press="Undo", follow=True)
    assert "Taken back: 4 visits." in main(back)
    assert now(crossing) == before


def found(
    world: World, day: date = MONDAY, technician: int | None = None
) -> tuple[DayRoutes, dict[int, Any]]:
    """What the page would propose: which visits move, and where to."""
    routes = DayRoutes(world.cast.petra, day, technician)
    plan = plan_find(routes.problem).plan
    return routes, {one.pk: plan[one.pk] for one in moved(routes.problem, plan)} if plan else {}


def test_the_customers_hear_of_it_once_as_of_any_move(
    world: World, crossing: list[Assignment], client_as: As
) -> None:
    for one in crossing[:2]:
        type(one.work_order).objects.filter(pk=one.work_order_id).update(confirm_to_customer=False)
    petra = client_as(world.cast.petra)
    page = petra.get(PAGE + "&optimise=1")
    assert "2 customers hear of it by mail" in main(page)
    after = submit(page, client=petra, press="Move them", follow=True)
    assert (letters(), PlanStep.objects.waiting().count()) == ([], 2)
    submit(after, client=petra, press="Undo")
    assert PlanStep.objects.waiting().count() == 0


def test_one_technician_keeps_his_visits(world: World, client_as: As) -> None:
    """Utrecht, Breda, Utrecht, and no customer knows when: one drive is enough, and nobody else is looked at."""
    lives(world.tim, BREDA)
    visits = [
        booked(world, world.tim, hour, place) for hour, place in ((9, UTRECHT), (11, BREDA), (14, UTRECHT))
    ]
    Appointment.objects.update(told_technician=None, told_period=None)
    _routes, goes = found(world, technician=world.tim.pk)
    assert {stop.technician for stop in goes.values()} == {world.tim.pk}
    petra = client_as(world.cast.petra)
    page = petra.get(f"{PAGE}&technician={world.tim.pk}&optimise=1")
    submit(page, client=petra, press="Move them")
    order = Assignment.objects.filter(pk__in=[one.pk for one in visits]).order_by("period")
    assert [one.pk for one in order] in (
        [visits[1].pk, visits[0].pk, visits[2].pk],
        [visits[0].pk, visits[2].pk, visits[1].pk],
    )


def test_what_is_promised_stays(world: World, crossing: list[Assignment], client_as: As) -> None:
    """A time that the customer confirmed, two who come together, a double booking, what has begun, a question that is open."""
    tim, petra = world.tim, world.cast.petra
    confirmed = crossing[0]
    assert Appointment.objects.filter(assignment=confirmed).update(confirmed_start=confirmed.starts_at)
    assignment_place(technician=world.tessa, start=at(14), end=at(15), by=petra, confirm=False,
                     work_order=crossing[1].work_order, seen=[crossing[3].pk], reason="together")  # fmt: skip
    with clock.at(at(8, 30)):
        routes, goes = found(world)
    stays = {one.pk: one.fixed for one in routes.problem.visits}
    assert stays[confirmed.pk] == "confirmed"
    assert stays[crossing[1].pk] == "together"
    assert stays[crossing[3].pk] == "double"
    assert set(goes) <= {crossing[2].pk}
    with clock.at(at(9, 30)):
        stays = {one.pk: one.fixed for one in found(world)[0].problem.visits}
    assert stays[crossing[2].pk] == "begun"
    assert tim.pk


def test_the_window_that_a_customer_was_told_is_kept(world: World, crossing: list[Assignment]) -> None:
    """Ten o'clock was told, so somebody comes between ten and eleven, whoever it is."""
    told = crossing[0]
    told.work_order.__class__.objects.filter(pk=told.work_order_id).update(confirm_to_customer=True)
    moved_to = assignment_move(
        assignment=told,
        technician=world.tim,
        start=at(10),
        end=at(11),
        by=world.cast.petra,
        version=told.version,
    )
    appointment = Appointment.objects.get(assignment=told)
    Appointment.objects.filter(pk=appointment.pk).update(
        told_technician=world.tim, told_period=moved_to.period
    )
    _routes, goes = found(world)
    assert told.pk not in goes or at(10) <= moment_of(goes[told.pk].start) <= at(11)
    routes = DayRoutes(world.cast.petra, MONDAY)
    window = next(one.window for one in routes.problem.visits if one.pk == told.pk)
    assert [moment_of(one) for one in window] == [at(10), at(11)]


@pytest.mark.parametrize("change", ["moved", "booked", "cancelled", "away", "late"])
def test_a_day_that_changed_meanwhile_is_refused_with_a_word(
    world: World, crossing: list[Assignment], client_as: As, change: str
) -> None:
    petra = client_as(world.cast.petra)
    page = petra.get(PAGE + "&optimise=1")
    at_press = clock.now()
    if change == "moved":
        one = crossing[0]
        assignment_move(
            assignment=one,
            technician=world.tim,
            start=at(11),
            end=at(12),
            by=world.cast.bram,
            version=one.version,
        )
    elif change == "booked":
        booked(world, world.tim, 11, BREDA)
    elif change == "cancelled":
        Assignment.objects.filter(pk=crossing[0].pk).update(active=False)
    elif change == "away":
        absence_add(technician=world.tessa, start=at(0), end=at(0, day=1), by=world.cast.petra)
    else:
        at_press = at(13)
    before = now(crossing)
    with clock.at(at_press):
        answer = submit(page, client=petra, press="Move them")
    assert answer.status_code == 409
    assert "Look" in main(answer)
    assert now(crossing) == before


def test_a_plan_of_somebodys_own_making_is_none(world: World, crossing: list[Assignment]) -> None:
    """Whoever calls the action with a plan that breaks a rule is refused, whatever the page did."""
    one = crossing[0]
    routes = DayRoutes(world.cast.petra, MONDAY)
    for start in (at(3), at(14)):
        with pytest.raises(DayChanged):
            day_routes_apply(
                day=MONDAY, technician=None, versions=routes.versions, by=world.cast.petra, grace=None,
                moves=[Move(one.pk, one.version, world.tessa.pk, start)],
            )  # fmt: skip
    assert now(crossing)[0] == (world.tim.pk, at(9))


def test_what_was_moved_since_is_not_taken_back(
    world: World, crossing: list[Assignment], client_as: As
) -> None:
    petra = client_as(world.cast.petra)
    after = submit(petra.get(PAGE + "&optimise=1"), client=petra, press="Move them", follow=True)
    one = Assignment.objects.get(pk=crossing[0].pk)
    assignment_move(
        assignment=one,
        technician=world.tim,
        start=at(11),
        end=at(12),
        by=world.cast.bram,
        version=one.version,
    )
    stands = now(crossing)
    answer = submit(after, client=petra, press="Undo")
    assert answer.status_code == 409
    assert now(crossing) == stands


def test_a_solver_that_does_not_answer_changes_nothing_and_says_so(
    world: World, crossing: list[Assignment], client_as: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.planning.solver.BESIDES", -2.99)  # its time is over before it has begun
    page = client_as(world.cast.petra).get(PAGE + "&optimise=1")
    assert "No answer in time" in main(page)
    with Solver() as solver, pytest.raises(NoAnswer):
        solver.ask({"seconds": 3, "ways": [], "vehicles": [], "jobs": [], "caps": []})


def test_who_may_look_does_not_move(world: World, crossing: list[Assignment], client_as: As) -> None:
    ada = client_as(world.cast.ada)
    page = main(ada.get(PAGE + "&optimise=1"))
    assert "Optimise" not in page
    assert "Move them" not in page


def test_nothing_is_found_where_the_order_is_the_best(world: World, client_as: As) -> None:
    lives(world.tim, BREDA)
    booked(world, world.tim, 9, BREDA)
    page = client_as(world.cast.petra).get(f"{PAGE}&technician={world.tim.pk}&optimise=1")
    assert "No better routes" in main(page)


def test_the_map_says_in_words_what_it_shows(world: World, crossing: list[Assignment], client_as: As) -> None:
    page = lxml.html.document_fromstring(
        client_as(world.cast.petra).get(PAGE + "&optimise=1").content.decode()
    )
    maps = page.findall(".//figure//svg")
    assert len(maps) == 2
    for one in maps:
        labels = [page.get_element_by_id(name) for name in one.get("aria-labelledby").split()]
        assert all(label.text for label in labels)
        drawn = len(one.findall(".//circle"))
        assert drawn == 4
    calls = page.find_class("calls")
    assert sum(len(one.findall("li")) for one in calls) == 8
    assert all("min drive" in item.text_content() for one in calls for item in one.findall("li"))
