"""Making a work order."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from apps.core import clock
from apps.core.actors import Customer as AtTheDoor
from apps.core.models import AuditEvent
from apps.core.refusals import Refused
from apps.core.versions import Stale
from apps.intake.actions import request_decline
from apps.workorders.actions import (
    FieldDraft,
    job_form_create,
    job_form_publish,
    work_order_cancel,
    work_order_change,
    work_order_create,
    work_order_follow_up,
    work_order_hold,
    work_order_resume,
)
from apps.workorders.models import WorkOrder
from tests.builders import CustomerFactory, SkillFactory, SlaClassFactory
from tests.planning.conftest import World

pytestmark = pytest.mark.django_db


def test_new_work_order_is_to_plan_numbered_and_found_by_what_people_type(world: World) -> None:
    order = world.order(title="Boiler replacement")
    assert order.status == "to_plan"
    assert order.number.startswith("W26-")
    for typed in (order.number, "peters", "tilburg boiler", "5038 dorps"):
        assert WorkOrder.objects.search(typed).get() == order
    assert AuditEvent.objects.about(order).get().verb == "workorder.create"


def test_numbers_follow_each_other(world: World) -> None:
    one, two = world.order(), world.order()
    assert int(two.number[-4:]) == int(one.number[-4:]) + 1


def test_due_times_come_from_the_sla_class(world: World) -> None:
    fast = SlaClassFactory(respond_hours=4, complete_hours=24)
    now = datetime(2026, 3, 28, 12, tzinfo=UTC)  # the clocks change in the night that follows
    with clock.at(now):
        order = world.order(sla_class=fast)
    assert order.respond_by == now + timedelta(hours=4)
    assert order.complete_by == now + timedelta(hours=24)


def test_form_of_the_type_comes_along_in_its_newest_version(world: World) -> None:
    form = job_form_create(
        name="Boiler", request_type=world.type, fields=[FieldDraft("Pressure tested")], by=world.cast.bram
    )
    before = world.order()
    job_form_publish(
        form=form, fields=[FieldDraft("Pressure tested"), FieldDraft("CO measured")], by=world.cast.bram
    )
    after = world.order()
    before.refresh_from_db()
    assert before.job_form_version.number == 1
    assert after.job_form_version.number == 2
    assert [one.label for one in after.job_form_version.fields.all()] == ["Pressure tested", "CO measured"]


def test_skill_of_the_type_is_needed_unless_another_is_named(world: World) -> None:
    gas, cooling = (SkillFactory(name=name) for name in ("Gas", "Cooling"))
    world.type.skill = gas
    world.type.save()
    assert world.order().skill == gas
    assert world.order(skill=cooling).skill == cooling


def test_order_from_a_request_takes_the_request_to_ordered_and_a_second_one_is_possible(world: World) -> None:
    request = world.received()
    first, second = world.order(request=request), world.order(request=request)
    request.refresh_from_db()
    assert request.status == "ordered"
    assert {first, second} == set(request.work_orders.all())


def test_declined_request_gives_no_order(world: World) -> None:
    request = request_decline(
        request=world.request(by=AtTheDoor("H. Peters")), by=world.cast.bram, reason="Too far away."
    )
    with pytest.raises(Refused, match="“Make a work order” is no longer possible"):
        world.order(request=request)
    assert not WorkOrder.objects.exists()


def test_site_of_another_customer_is_refused(world: World) -> None:
    site = CustomerFactory(name="Other").sites.get()
    with pytest.raises(Refused, match="another customer"):
        world.order(site=site)


def test_what_to_bring_is_kept(world: World) -> None:
    order = world.order(
        to_bring=[{"material": None, "description": "Siphon", "quantity": Decimal("2"), "unit": "C62"}]
    )
    assert [str(one.description) for one in order.to_bring.all()] == ["Siphon"]


def test_change_with_an_old_version_is_refused(world: World) -> None:
    order = world.order()
    seen = order.version
    work_order_change(work_order=order, by=world.cast.bram, version=seen, title="One")
    with pytest.raises(Stale, match="changed meanwhile: Watertight"):
        work_order_change(work_order=order, by=world.cast.petra, version=seen, title="Two")
    order.refresh_from_db()
    assert order.title == "One"
    assert list(WorkOrder.objects.search("one")) == [order]


def test_done_work_is_not_changed(world: World) -> None:
    order = world.order()
    WorkOrder.objects.filter(pk=order.pk).update(status="ready_for_review")
    with pytest.raises(Refused, match="it can no longer be changed"):
        work_order_change(work_order=order, by=world.cast.bram, title="Two")


def test_cancel_needs_a_reason_and_work_that_has_not_begun(world: World) -> None:
    order = world.order()
    with pytest.raises(Refused, match="reason"):
        work_order_cancel(work_order=order, by=world.cast.bram, reason=" ")
    work_order_cancel(work_order=order, by=world.cast.bram, reason="sold the house")
    assert order.status == "cancelled"
    busy = world.order()
    WorkOrder.objects.filter(pk=busy.pk).update(status="in_progress")
    with pytest.raises(Refused, match="“Cancel” is no longer possible"):
        work_order_cancel(work_order=busy, by=world.cast.bram, reason="x")


def test_hold_and_go_on(world: World) -> None:
    order = world.order()
    work_order_hold(work_order=order, by=world.cast.bram, reason="parts")
    assert order.status == "on_hold"
    work_order_resume(work_order=order, by=world.cast.bram)
    assert order.status == "to_plan"


def test_followed_up_issue_goes_to_review(world: World) -> None:
    order = world.order()
    WorkOrder.objects.filter(pk=order.pk).update(status="action_required")
    work_order_follow_up(work_order=order, by=world.cast.bram, reason="landlord called")
    assert order.status == "ready_for_review"


def test_customer_who_accepts_may_make_the_order(world: World) -> None:
    request = world.received()
    order = work_order_create(
        by=AtTheDoor("H. Peters"), customer=world.customer, site=world.site, type=world.type, title="x",
        request=request,
    )  # fmt: skip
    assert order.created_by is None
    assert request.status == "ordered"
