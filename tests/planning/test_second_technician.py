"""A job that takes two: from its own page a colleague is booked beside the first, and where one is missing it is said."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.planning.models import Assignment
from apps.workorders.models import WorkOrder
from tests.builders import SkillFactory
from tests.pages import submit
from tests.planning.conftest import World, at
from tests.planning.test_assignment_place import place
from tests.planning.test_undo import main

pytestmark = pytest.mark.django_db
As = Callable[..., Any]


@pytest.fixture
def order(world: World) -> WorkOrder:
    """Tim comes on Monday at nine; two are needed, with a skill that Tessa has and Zeno lacks."""
    skill = SkillFactory()
    world.tim.skills.add(skill)
    world.tessa.skills.add(skill)
    order: WorkOrder = world.order(people=2, skill=skill)
    place(world, order, at(9))
    return order


def test_a_colleague_is_booked_from_the_page_of_the_job(world: World, order: WorkOrder, web: Any) -> None:
    page = web.get(f"/work-orders/{order.pk}/")
    assert "Too few technicians" in main(page)
    form = web.get(f"/planning/visits/new/?job=w{order.pk}&beside={order.assignments.get().pk}")
    assert form.context["form"]["technician"].value() == world.tessa.pk
    submit(form, client=web, press="Book")
    first, second = Assignment.objects.active().filter(work_order=order).order_by("pk")
    assert (second.technician, second.period) == (world.tessa, first.period)
    assert "Too few technicians" not in main(web.get(f"/work-orders/{order.pk}/"))


def test_each_visit_to_come_can_be_moved_and_joined_and_the_job_gets_another(
    order: WorkOrder, web: Any, world: World, client_as: As
) -> None:
    page, visit = main(web.get(f"/work-orders/{order.pk}/")), order.assignments.get()
    shown = web.get(f"/work-orders/{order.pk}/").content.decode()
    assert f"/planning/visits/new/?job=w{order.pk}&amp;beside={visit.pk}" in shown
    assert f'/planning/visits/new/?job=w{order.pk}"' in shown
    assert "Another visit" in page
    assert "Another visit" not in main(client_as(world.cast.ada).get(f"/work-orders/{order.pk}/"))


def test_the_day_and_the_visit_say_that_one_is_missing(order: WorkOrder, web: Any) -> None:
    page = web.get("/planning/day/?day=2026-11-16")
    found = [one for one in page.context["oddities"] if one.code == "too_few"]
    assert [one.text for one in found] == [f"{order.number}: 1 of 2 technicians"]
    assert "Too few technicians" in main(web.get(f"/planning/visits/{order.assignments.get().pk}/"))
    submit(found[0].url, client=web, press="Book")
    page = web.get("/planning/day/?day=2026-11-16")
    assert "too_few" not in [one.code for one in page.context["oddities"]]


def test_who_comes_back_for_what_was_left_may_come_alone(order: WorkOrder, web: Any) -> None:
    WorkOrder.objects.filter(pk=order.pk).update(left_over="Hang the radiator")
    page = web.get("/planning/day/?day=2026-11-16")
    assert "too_few" not in [one.code for one in page.context["oddities"]]


def test_who_is_busy_is_not_proposed(world: World, order: WorkOrder, web: Any) -> None:
    place(world, world.order(), at(10), technician=world.tessa)
    form = web.get(f"/planning/visits/new/?job=w{order.pk}&beside={order.assignments.get().pk}")
    assert form.context["form"]["technician"].value() is None, "nobody with the skill is free"
