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


@pytest.fixture
def limited(cast, clerk):
    policy_set(by=cast.ada, loss_limit=D(50))
    return clerk


def reviewed_again(order, cast, quantity):
    """Approved, corrected to `quantity` by who may, and opened once more."""
    review = actions.review_open(work_order=order, by=cast.olga)
    actions.review_approve(review=review, by=cast.olga)
    row = Billable.objects.get(work_order=order, kind="time")
    actions.billable_correct(billable=row, by=cast.olga, reason="by the log", quantity=D(quantity))
    actions.review_reopen(review=review, by=cast.olga, reason="the customer called")
    return row


def test_a_price_is_lowered_with_what_was_corrected_before(shop, cast, limited):
    row = reviewed_again(shop.done("actuals", 0, 180), cast, "2.5")
    lower = {"billable": row, "fate": "billable", "by": limited, "reason": "a friend"}
    with pytest.raises(Forbidden, match="70"):
        actions.billable_decide(unit_price=D(44), **lower)
    actions.billable_decide(unit_price=D(52), **lower)


def test_corrections_that_wait_are_given_up_with_what_they_correct(shop, cast, limited):
    """Half an hour less waits, and the price was lowered: 3 × 60 − 2.5 × 50 is too much."""
    row = reviewed_again(shop.done("actuals", 0, 180), cast, "2.5")
    half = Billable.objects.get(corrects=row, kind="correction")
    actions.billable_decide(billable=half, fate="included", by=cast.olga, reason="not yet")
    actions.billable_decide(billable=row, fate="billable", by=limited, reason="a friend", unit_price=D(50))
    with pytest.raises(Forbidden, match="60"):
        actions.billable_decide(billable=half, fate="billable", by=limited, reason="less")


def test_a_quantity_is_lowered_with_the_price(shop, limited):
    order = shop.done("actuals", 0, 240)
    review = actions.review_open(work_order=order, by=limited)
    row = Billable.objects.get(work_order=order)
    actions.billable_decide(billable=row, fate="billable", by=limited, reason="a friend", unit_price=D(50))
    less = {
        "review": review,
        "subject": row.time_entry,
        "decision": "corrected",
        "by": limited,
        "reason": "by the log",
    }
    with pytest.raises(Forbidden, match="65"):
        actions.finding_add(quantity=D("3.5"), **less)
    actions.finding_add(quantity=D("3.8"), **less)


def test_many_small_corrections_of_what_was_offered_are_one_large_one(agreed, cast, limited):
    """€ 500 for half an hour: what it was approved at is what goes down."""
    review = actions.review_open(work_order=agreed, by=limited)
    actions.review_approve(review=review, by=limited)
    row = Billable.objects.get(work_order=agreed, kind="extra_work")
    actions.billable_correct(billable=row, by=limited, reason="less", quantity=D(1), unit_price=D(460))
    with pytest.raises(Forbidden, match="80"):
        actions.billable_correct(billable=row, by=limited, reason="less", quantity=D(1), unit_price=D(420))


@pytest.fixture
def pumps(shop, cast):
    """Two pumps in words for extra work of half an hour, offered at € 230: € 200 of it are for parts."""
    order = shop.order()
    phone = shop.phone(order).work(60).extra("0.5").describe("Pump").describe("Boiler").finish(signed="P")
    order.refresh_from_db()
    review = actions.review_open(work_order=order, by=cast.bram)
    extra = phone.visit.extra_work.get()
    offer = actions.extra_work_offer(
        extra_work=extra, by=cast.bram, quantity=D(1), unit="C62", unit_price=D(230), vat_code=shop.high
    )
    for usage in phone.visit.materials.all():
        actions.part_mark(review=review, usage=usage, extra_work=extra, by=cast.bram)
    return order, offer


def test_the_room_of_an_offer_is_given_once(pumps, limited):
    order, _offer = pumps
    pump, boiler = Billable.objects.filter(work_order=order, kind="material")
    within = {"fate": "included", "by": limited, "reason": "in the offer", "unit_price": D(150)}
    actions.billable_decide(billable=pump, **within)
    with pytest.raises(Forbidden, match="150"):
        actions.billable_decide(billable=boiler, **within)


@pytest.mark.parametrize("answer", ["no", "withdrawn"])
def test_what_was_in_an_offer_is_put_before_somebody_when_that_goes(pumps, cast, answer):
    order, offer = pumps
    pump, _boiler = Billable.objects.filter(work_order=order, kind="material")
    actions.billable_decide(
        billable=pump, fate="included", by=cast.bram, reason="in the offer", unit_price=D(150)
    )
    if answer == "no":
        actions.extra_work_answer(offer=offer, approved=False, by=Customer("P"))
    else:
        actions.offer_withdraw(offer=offer, by=cast.bram, reason="another price")
    pump.refresh_from_db()
    assert (pump.fate, pump.net) == ("pending", 150)


def test_extra_work_of_which_nobody_counted_the_hours_is_not_given_up(shop, cast, limited):
    order = shop.done("fixed_price", quoted=[{"unit_price": 500}], extra=0)
    actions.review_open(work_order=order, by=limited)
    row = Billable.objects.get(work_order=order, kind="extra_work")
    with pytest.raises(Forbidden, match="Nobody knows"):
        actions.billable_decide(billable=row, fate="included", by=limited, reason="a friend")
    actions.billable_decide(billable=row, fate="included", by=cast.olga, reason="a friend")


@pytest.mark.parametrize("price", [None, D("0.01")])
def test_nor_is_a_part_that_nobody_priced(shop, cast, limited, price):
    order = shop.done("actuals", 0, 60, parts=[(shop.nameless, 1)])
    actions.review_open(work_order=order, by=limited)
    row = Billable.objects.get(work_order=order, kind="material")
    with pytest.raises(Forbidden, match="Nobody knows"):
        actions.billable_decide(
            billable=row, fate="included", by=limited, reason="a friend", unit_price=price
        )
    actions.billable_decide(billable=row, fate="included", by=cast.olga, reason="a friend", unit_price=price)
