"""Actuals with an accepted estimate, and extra work: what was recorded is asked for once."""

import re
from decimal import Decimal as D

import pytest

from apps.core.actors import Customer
from apps.core.refusals import Refused
from apps.invoicing.models import LedgerRow
from apps.pipeline.checks import faults
from apps.pipeline.models import PipelineRow
from apps.review import actions
from apps.review.models import Billable
from tests.review.test_review_open import rows

pytestmark = pytest.mark.django_db
HOURS = {"kind": "labour", "rate_kind": "normal", "unit": "HUR", "unit_price": 60}


def estimate(shop, hours=2):
    """An estimate of hours and a pipe, with a call-out and a fee that nobody records."""
    return [
        HOURS | {"quantity": hours},
        {"kind": "material", "material": shop.pipe, "quantity": 3, "unit_price": 8},
        {"kind": "call_out", "unit_price": 39},
        {"unit_price": 25},
    ]


def fates(order):
    return [(row.kind, row.fate, row.net) for row in rows(order)]


def standing(order):
    return sum((one.net for one in PipelineRow.objects.filter(record_id=order.pk)), D(0))


def asked(order):
    return sum(row.net for row in rows(order) if row.fate == "billable")


def test_recorded_work_is_billed_and_the_estimate_is_not_beside_it(shop, cast):
    order = shop.done("actuals", 2, 180, quoted=estimate(shop), parts=[(shop.pipe, 4)])
    actions.review_open(work_order=order, by=cast.bram)
    assert fates(order) == [
        ("agreed", "included", 120),
        ("agreed", "included", 24),
        ("call_out", "billable", 39),
        ("agreed", "billable", 25),
        ("time", "billable", 180),
        ("material", "billable", 32),
    ]
    assert asked(order) == 39 + 25 + 180 + 32
    assert standing(order) == asked(order)
    ledger = LedgerRow.objects.get(work_order=order)
    assert ledger.recorded == ledger.included + ledger.open


def test_a_job_that_is_estimated_is_worth_its_estimate_until_more_is_recorded(shop, cast):
    order = shop.sold(*estimate(shop, 3), basis="actuals")
    actions.billables_catch_up()
    assert standing(order) == 180 + 24 + 39 + 25
    phone = shop.phone(order).work(60)
    phone.tell("stop")
    actions.billables_catch_up()
    assert standing(order) == 60 + 120 + 24 + 39 + 25, "an hour recorded, two estimated"
    phone.work(150)
    phone.use(shop.pipe, 1)
    phone.tell("stop")
    actions.billables_catch_up()
    assert standing(order) == 210 + 8 + 16 + 39 + 25
    assert faults() == []


def test_when_the_technician_is_done_less_than_the_estimate_is_worth_less(shop, cast):
    order = shop.done("actuals", 0, 60, quoted=estimate(shop, 3), parts=[(shop.pipe, 1)])
    actions.billables_catch_up()
    assert standing(order) == 60 + 8 + 39 + 25
    assert not Billable.objects.filter(fate="pending").exists()


def test_an_estimated_part_that_nobody_recorded_asks_a_person_and_may_be_left_out(shop, cast):
    order = shop.done("actuals", 0, 120, quoted=estimate(shop))
    review = actions.review_open(work_order=order, by=cast.bram)
    (pipe,) = Billable.objects.filter(work_order=order).pending()
    assert (pipe.proposal, pipe.net) == ("estimate_left", 24)
    with pytest.raises(Refused, match="Give a reason"):
        actions.billable_decide(billable=pipe, fate="included", by=cast.bram)
    actions.billable_decide(billable=pipe, fate="included", by=cast.bram, reason="The old one was good")
    actions.review_approve(review=review, by=cast.bram)
    assert asked(order) == 120 + 39 + 25


def offered(order, shop, cast, hours=1, price=70):
    return actions.extra_work_offer(
        extra_work=order.visits.get().extra_work.get(), by=cast.bram, quantity=D(hours), unit="HUR", unit_price=D(price),
        vat_code=shop.high,
    )  # fmt: skip


@pytest.mark.parametrize("basis", ["actuals", "sold_hours"])
def test_approved_extra_work_is_not_asked_by_the_clock_as_well(shop, cast, basis):
    order = shop.done(basis, 2, 180, extra=1)
    actions.review_open(work_order=order, by=cast.bram)
    offer = offered(order, shop, cast)
    assert standing(order) == 120 + 70, "while the customer thinks it over it stands once"
    actions.extra_work_answer(offer=offer, approved=True, by=Customer("P"))
    assert asked(order) == 120 + 70
    covered = Billable.objects.get(work_order=order, proposal="extra_covers")
    assert (covered.fate, covered.quantity) == ("included", 1)


def test_after_a_no_a_person_says_what_is_still_asked(shop, cast):
    """The customer refused it in writing: neither the clock nor the offer charges it by itself."""
    order = shop.done("actuals", 0, 180, extra=1)
    review = actions.review_open(work_order=order, by=cast.bram)
    offer = offered(order, shop, cast)
    actions.extra_work_answer(offer=offer, approved=False, by=Customer("P"))
    (pending,) = Billable.objects.filter(work_order=order).pending()
    assert (pending.proposal, pending.net) == ("extra_declined", 60)
    with pytest.raises(Refused):
        actions.review_approve(review=review, by=cast.bram)
    actions.billable_decide(billable=pending, fate="written_off", by=cast.olga, reason="It was refused")
    assert asked(order) == 120


def test_extra_work_that_the_clock_does_not_hold_asks_a_person(shop, cast):
    order = shop.done("actuals", 0, 60, extra="1.5")
    actions.review_open(work_order=order, by=cast.bram)
    (pending,) = Billable.objects.filter(work_order=order).pending()
    assert pending.proposal == "extra_unoffered"


def test_a_yes_after_the_hours_were_accepted_takes_them_off_the_clock(shop, cast):
    order = shop.done("actuals", 0, 180, extra=1)
    review = actions.review_open(work_order=order, by=cast.bram)
    actions.proposals_accept(review=review, by=cast.bram)
    actions.extra_work_answer(offer=offered(order, shop, cast), approved=True, by=Customer("P"))
    assert asked(order) == 120 + 70


def test_what_somebody_decided_with_a_reason_stays(shop, cast):
    order = shop.done("actuals", 0, 180, extra=1)
    actions.review_open(work_order=order, by=cast.bram)
    time = Billable.objects.get(work_order=order, kind="time")
    actions.billable_decide(billable=time, fate="written_off", by=cast.olga, reason="our mistake")
    actions.extra_work_answer(offer=offered(order, shop, cast), approved=True, by=Customer("P"))
    time.refresh_from_db()
    assert (time.fate, time.quantity) == ("written_off", 3)
    assert asked(order) == 70


def test_the_review_shows_the_estimate_beside_what_is_asked(shop, cast, client_as):
    order = shop.done("actuals", 2, 180, quoted=estimate(shop), parts=[(shop.pipe, 4)])
    actions.review_open(work_order=order, by=cast.bram)
    page = " ".join(client_as(cast.bram).get(f"/review/{order.pk}/").content.decode().split())
    shown = re.sub(r"<[^>]+>", " ", page[page.index("Estimate against actual") :])
    shown = " ".join(shown.split())
    assert "Labour €120.00 €180.00 +€60.00" in shown
    assert "Material €24.00 €32.00 +€8.00" in shown
    assert "Call-out and other agreed lines €64.00 €64.00 €0.00" in shown
    assert "Together €208.00 €276.00 +€68.00" in shown
    assert "More than a tenth above the estimate" in shown


def test_a_fixed_price_is_no_estimate(shop, cast, client_as):
    order = shop.done("fixed_price", quoted=[{"unit_price": 500}])
    actions.review_open(work_order=order, by=cast.bram)
    assert b"Estimate against actual" not in client_as(cast.bram).get(f"/review/{order.pk}/").content
