"""What is given up of one piece of evidence counts together, and as much as the customer was asked for it."""

from datetime import datetime
from decimal import Decimal as D
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group, Permission

from apps.core.actors import Customer
from apps.core.refusals import Forbidden
from apps.pricing.actions import policy_set
from apps.review import actions
from apps.review.models import Billable

pytestmark = pytest.mark.django_db
LATE_AFTERNOON = datetime(2026, 11, 16, 17, tzinfo=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture
def clerk(cast):
    """Bram without the right to write off."""
    Group.objects.get(name="office").permissions.remove(Permission.objects.get(codename="write_off"))
    return type(cast.bram).objects.get(pk=cast.bram.pk)


@pytest.fixture
def pieces(shop, cast):
    """An hour of the day at € 60 and one of the evening at € 90, in one stretch; € 50 may be given up of it."""
    policy_set(by=cast.ada, loss_limit=D(50))
    order = shop.order()
    shop.phone(order, start=LATE_AFTERNOON).work(120).finish(signed="Mrs Peters")
    order.refresh_from_db()
    return order


def test_pieces_of_one_stretch_of_time_are_given_up_together(pieces, clerk):
    actions.review_open(work_order=pieces, by=clerk)
    day, evening = Billable.objects.filter(work_order=pieces).order_by("unit_price")
    lower = {"fate": "billable", "by": clerk, "reason": "a loyal customer"}
    actions.billable_decide(billable=day, unit_price=D(30), **lower)
    with pytest.raises(Forbidden, match="60"):
        actions.billable_decide(billable=evening, unit_price=D(60), **lower)
    actions.billable_decide(billable=evening, unit_price=D(70), **lower)
    actions.billable_decide(billable=evening, unit_price=D(90), **lower)


def test_so_they_are_after_the_approval(pieces, clerk):
    review = actions.review_open(work_order=pieces, by=clerk)
    actions.review_approve(review=review, by=clerk)
    day, evening = Billable.objects.filter(work_order=pieces).order_by("unit_price")
    actions.billable_correct(billable=day, by=clerk, reason="less", quantity=D("0.5"))
    with pytest.raises(Forbidden, match="75"):
        actions.billable_correct(billable=evening, by=clerk, reason="less", quantity=D("0.5"))


def test_hours_that_are_offered_at_once_are_given_up_together(shop, cast, clerk):
    """An hour was sold; of the day one is left and of the evening two: each for € 20 less is € 60 less."""
    policy_set(by=cast.ada, loss_limit=D(50))
    order = shop.sold({"quantity": 1, "unit": "HUR", "unit_price": 60}, basis="sold_hours", hours=1)
    shop.phone(order, start=LATE_AFTERNOON.replace(hour=16)).work(240).finish(signed="Mrs Peters")
    order.refresh_from_db()
    review = actions.review_open(work_order=order, by=clerk)
    prices = {"price-normal-60": D(40), "price-evening-90": D(70)}
    with pytest.raises(Forbidden, match="60"):
        actions.excess_offer(review=review, by=clerk, vat_code=shop.high, prices=prices)
    prices["price-normal-60"] = D(50)
    assert len(actions.excess_offer(review=review, by=clerk, vat_code=shop.high, prices=prices)) == 2


@pytest.fixture
def agreed(shop, cast):
    """Extra work for which the customer pays € 500; half an hour of it was recorded."""
    order = shop.done("fixed_price", quoted=[{"unit_price": 500}], extra="0.5")
    actions.review_open(work_order=order, by=cast.bram)
    offer = actions.extra_work_offer(
        extra_work=order.visits.get().extra_work.get(), by=cast.bram, quantity=D(1), unit="C62",
        unit_price=D(500), vat_code=shop.high,
    )  # fmt: skip
    actions.extra_work_answer(offer=offer, approved=True, by=Customer("P"))
    return order


@pytest.mark.parametrize(
    "decision", [{"fate": "included"}, {"fate": "billable", "unit_price": D(1)}], ids=["included", "for less"]
)
def test_extra_work_that_the_customer_pays_is_worth_what_they_said_yes_to(agreed, clerk, cast, decision):
    row = Billable.objects.get(work_order=agreed, kind="extra_work")
    with pytest.raises(Forbidden, match="right to write off"):
        actions.billable_decide(billable=row, by=clerk, reason="a friend", **decision)
    actions.billable_decide(billable=row, by=cast.olga, reason="a friend", **decision)


def test_so_is_a_yes_that_came_after_it_was_written_off(shop, cast, clerk):
    order = shop.done("fixed_price", quoted=[{"unit_price": 500}], extra=2)
    review = actions.review_open(work_order=order, by=cast.olga)
    offer = actions.extra_work_offer(
        extra_work=order.visits.get().extra_work.get(), by=cast.bram, quantity=D(2), unit="HUR", unit_price=D(65),
        vat_code=shop.high,
    )  # fmt: skip
    row = Billable.objects.get(work_order=order, kind="extra_work")
    actions.billable_decide(billable=row, fate="written_off", by=cast.olga, reason="no answer")
    actions.review_approve(review=review, by=cast.olga)
    actions.extra_work_answer(offer=offer, approved=True, by=Customer("P"))
    actions.review_reopen(review=review, by=clerk, reason="they said yes")
    late = Billable.objects.get(work_order=order, fate="pending")
    assert late.net == 130
    with pytest.raises(Forbidden, match="right to write off"):
        actions.billable_decide(billable=late, fate="included", by=clerk, reason="a friend")
    actions.billable_decide(billable=late, fate="billable", by=clerk)
