"""What was corrected after an approval, and is offered, marked or recorded otherwise then: nothing of it is asked twice."""

from decimal import Decimal as D

import pytest

from apps.core.actors import Customer
from apps.field.models import MaterialUsage
from apps.pipeline.checks import faults
from apps.review import actions
from apps.review.models import Billable

pytestmark = pytest.mark.django_db


def asked(order):
    assert faults() == []
    return sum(row.net for row in Billable.objects.filter(work_order=order, fate="billable"))


def waiting(order):
    return sorted(
        (row.kind, row.proposal, row.net) for row in Billable.objects.filter(work_order=order).pending()
    )


def corrected(order, cast, quantity, kind, **decision):
    """Approved, corrected to `quantity`, and opened once more."""
    review = actions.review_open(work_order=order, by=cast.bram)
    row = Billable.objects.get(work_order=order, kind=kind)
    if decision:
        actions.billable_decide(billable=row, by=cast.bram, **decision)
    for one in Billable.objects.filter(work_order=order).pending():
        actions.billable_decide(billable=one, fate="billable", by=cast.bram)
    actions.review_approve(review=review, by=cast.bram)
    actions.billable_correct(billable=row, by=cast.bram, reason="by the log", quantity=D(quantity))
    return actions.review_reopen(review=review, by=cast.bram, reason="the customer called")


def agreed(order, shop, cast, *, quantity=1, unit="HUR", price=60):
    extra = order.visits.get().extra_work.get()
    offer = actions.extra_work_offer(
        extra_work=extra,
        by=cast.bram,
        quantity=D(quantity),
        unit=unit,
        unit_price=D(price),
        vat_code=shop.high,
    )
    return actions.extra_work_answer(offer=offer, approved=True, by=Customer("P"))


def test_a_yes_to_hours_that_corrected_time_asks_for_waits(shop, cast):
    """Three hours, of which one is extra work, corrected to two and a half: the clock asks for all of them."""
    order = shop.done("actuals", 0, 180, extra=1)
    corrected(order, cast, "2.5", "time")
    agreed(order, shop, cast)
    assert asked(order) == 150
    assert waiting(order) == [("extra_work", "late", 60)]


def test_so_does_one_to_hours_that_somebody_priced(shop, cast):
    order = shop.done("actuals", 0, 180, extra=1)
    actions.review_open(work_order=order, by=cast.bram)
    row = Billable.objects.get(work_order=order, kind="time")
    actions.billable_decide(billable=row, fate="billable", by=cast.bram, reason="a friend", unit_price=D(55))
    agreed(order, shop, cast)
    assert asked(order) == 165
    assert waiting(order) == [("extra_work", "late", 60)]


def test_hours_that_were_left_to_the_offer_are_asked_by_it(shop, cast):
    """The other two were priced while it waited: the third is in the offer."""
    order = shop.done("actuals", 0, 180, extra=1)
    actions.review_open(work_order=order, by=cast.bram)
    offer = actions.extra_work_offer(
        extra_work=order.visits.get().extra_work.get(), by=cast.bram, quantity=D(1), unit="HUR", unit_price=D(60),
        vat_code=shop.high,
    )  # fmt: skip
    row = Billable.objects.get(work_order=order, kind="time", fate="billable")
    actions.billable_decide(billable=row, fate="billable", by=cast.bram, reason="a friend", unit_price=D(55))
    actions.extra_work_answer(offer=offer, approved=True, by=Customer("P"))
    assert asked(order) == 110 + 60
    assert waiting(order) == []


def marked(order, cast, review):
    usage = MaterialUsage.objects.get(visit__work_order=order)
    extra = order.visits.get().extra_work.get()
    actions.part_mark(review=review, usage=usage, extra_work=extra, by=cast.bram)


def test_a_part_that_somebody_priced_is_asked_by_its_offer(shop, cast):
    order = shop.done("actuals", 0, 120, extra=1, parts=[(shop.valve, 1)])
    review = actions.review_open(work_order=order, by=cast.bram)
    marked(order, cast, review)
    valve = Billable.objects.get(work_order=order, kind="material")
    actions.billable_decide(
        billable=valve, fate="billable", by=cast.bram, reason="a friend", unit_price=D(20)
    )
    agreed(order, shop, cast, unit="C62", price=100)
    assert asked(order) == 60 + 100
    valve.refresh_from_db()
    assert (valve.fate, valve.proposal) == ("included", "extra_covers")


def test_one_that_is_charged_beside_its_offer_stays_so(shop, cast):
    order = shop.done("actuals", 0, 120, extra=1, parts=[(shop.valve, 1)])
    review = actions.review_open(work_order=order, by=cast.bram)
    marked(order, cast, review)
    offer = actions.extra_work_offer(
        extra_work=order.visits.get().extra_work.get(), by=cast.bram, quantity=D(1), unit="HUR", unit_price=D(85),
        vat_code=shop.high,
    )  # fmt: skip
    valve = Billable.objects.get(work_order=order, kind="material")
    actions.billable_decide(billable=valve, fate="billable", by=cast.bram, reason="told the customer")
    actions.extra_work_answer(offer=offer, approved=True, by=Customer("P"))
    assert asked(order) == 60 + 25 + 85


@pytest.mark.parametrize("quantity", ["1.5", "3"])
def test_extra_work_that_was_corrected_asks_what_was_offered_since(shop, cast, quantity):
    order = shop.done("fixed_price", quoted=[{"unit_price": 500}], extra=2)
    corrected(order, cast, quantity, "extra_work")
    agreed(order, shop, cast, unit="C62", price=100)
    assert asked(order) == 500 + 100
    [(kind, why, net)] = waiting(order)
    assert (kind, why, net) == ("correction", "late", 60 * (D(quantity) - 2))
    left = Billable.objects.get(work_order=order, kind="correction")
    assert left.reason == "by the log"
    actions.billable_decide(billable=left, fate="included", by=cast.olga, reason="in the offer")
    assert asked(order) == 600


@pytest.mark.parametrize("offered_first", [True, False])
def test_a_part_that_was_corrected_and_then_belongs_to_an_offer(shop, cast, offered_first):
    order = shop.done("actuals", 0, 120, extra=1, parts=[(shop.valve, 3)])
    review = corrected(order, cast, "2", "material")
    if offered_first:
        agreed(order, shop, cast, unit="C62", price=150)
        marked(order, cast, review)
    else:
        marked(order, cast, review)
        agreed(order, shop, cast, unit="C62", price=150)
    assert asked(order) == 60 + 150
    assert waiting(order) == [("correction", "late", -25)]


def test_what_goes_back_to_the_technician_takes_its_correction_along(shop, cast):
    """A part that is taken back asks nothing, and nothing is taken off it."""
    order = shop.done("actuals", 0, 120, parts=[(shop.valve, 3)])
    review = corrected(order, cast, "2", "material")
    usage = MaterialUsage.objects.get(visit__work_order=order)
    actions.finding_add(review=review, subject=usage, decision="returned", by=cast.bram, reason="how many?")
    actions.review_return(review=review, by=cast.bram, reason="how many?")
    assert waiting(order)[0] == ("correction", "late", -25)
    shop.phone_of(order).done("material_remove", usage=usage.pk)
    actions.billables_catch_up()
    assert asked(order) == 120
    assert waiting(order) == []


def test_so_it_does_when_they_confirm_it(shop, cast):
    order = shop.done("actuals", 0, 120, parts=[(shop.valve, 3)])
    review = corrected(order, cast, "2", "material")
    usage = MaterialUsage.objects.get(visit__work_order=order)
    actions.finding_add(review=review, subject=usage, decision="returned", by=cast.bram, reason="how many?")
    actions.review_return(review=review, by=cast.bram, reason="how many?")
    actions.billables_catch_up()
    assert waiting(order) == [("correction", "late", -25)]
    # What was put right by hand is that of all of it, also beside a correction that waits.
    type(order).objects.filter(pk=order.pk).update(status="ready_for_review")
    order.refresh_from_db()
    review = actions.review_open(work_order=order, by=cast.bram)
    actions.finding_add(
        review=review, subject=usage, decision="corrected", by=cast.bram, reason="two", quantity=D(2)
    )
    assert asked(order) == 120 + 50
    assert waiting(order) == []


def test_hours_that_were_sold_without_a_quote_are_not_asked_beside_agreed_extra_work(shop, cast):
    order = shop.done("sold_hours", 2, 120, extra=1)
    actions.review_open(work_order=order, by=cast.bram)
    agreed(order, shop, cast, price=70)
    assert asked(order) == 60 + 70
    assert waiting(order) == []


def test_all_sold_hours_are_asked_when_more_were_worked(shop, cast):
    order = shop.done("sold_hours", 2, 180, extra=1)
    actions.review_open(work_order=order, by=cast.bram)
    agreed(order, shop, cast, price=70)
    assert asked(order) == 120 + 70
    assert waiting(order) == []
