"""A review that was corrected and is opened again: what was corrected is decided with what it corrects, and once."""

from decimal import Decimal as D

import pytest

from apps.core.actors import Customer
from apps.invoicing.actions import invoice_credit, invoice_draft, invoice_issue
from apps.pipeline.checks import faults
from apps.review import actions
from apps.review.models import Billable
from tests.pages import submit

pytestmark = pytest.mark.django_db
SOLD = {"quantity": 2, "unit": "HUR", "unit_price": 60}


def asked(order):
    assert faults() == []
    return sum(row.net for row in Billable.objects.filter(work_order=order, fate="billable"))


def approved(order, cast):
    review = actions.review_open(work_order=order, by=cast.bram)
    for one in Billable.objects.filter(work_order=order).pending():
        actions.billable_decide(billable=one, fate="billable", by=cast.bram)
    actions.review_approve(review=review, by=cast.bram)
    return review


@pytest.fixture
def corrected(shop, cast):
    """Three hours of € 60 were approved, and corrected to two and a half; somebody looks at it again."""
    order = shop.done("actuals", 0, 180)
    review = approved(order, cast)
    row = Billable.objects.get(work_order=order)
    actions.billable_correct(billable=row, by=cast.bram, reason="half an hour of ours", quantity=D("2.5"))
    assert asked(order) == 150
    actions.review_reopen(review=review, by=cast.bram, reason="the customer called")
    return order


def test_a_quantity_that_is_put_right_is_that_of_all_of_it(corrected, cast):
    entry = corrected.visits.get().time_entries.get()
    review = actions.review_open(work_order=corrected, by=cast.bram)
    finding = actions.finding_add(
        review=review,
        subject=entry,
        decision="corrected",
        by=cast.bram,
        reason="by the log",
        quantity=D("2.25"),
    )
    assert (finding.before, finding.after) == ("2.5", "2.25")
    assert asked(corrected) == 135
    actions.review_approve(review=review, by=cast.bram)
    assert asked(corrected) == 135


@pytest.mark.parametrize("fate", ["included", "written_off"])
def test_what_was_corrected_goes_along_with_what_it_corrects(corrected, cast, fate):
    row = Billable.objects.get(work_order=corrected, kind="time")
    actions.billable_decide(billable=row, fate=fate, by=cast.olga, reason="goodwill")
    assert asked(corrected) == 0, "nothing is taken off what another line asks"
    actions.billable_decide(billable=row, fate="billable", by=cast.olga, reason="no, they pay")
    assert asked(corrected) == 150


def test_so_it_does_at_another_price(corrected, cast):
    row = Billable.objects.get(work_order=corrected, kind="time")
    actions.billable_decide(billable=row, fate="billable", by=cast.olga, reason="a friend", unit_price=D(50))
    assert asked(corrected) == 125


def test_a_piece_that_falls_away_below_its_correction(shop, cast):
    """Of three hours two were sold; the third was charged, and corrected to half of it; all in all it took two."""
    order = shop.done("sold_hours", 2, 180, quoted=[SOLD])
    review = approved(order, cast)
    excess = Billable.objects.get(work_order=order, proposal="above_sold")
    actions.billable_correct(billable=excess, by=cast.bram, reason="half of it was ours", quantity=D("0.5"))
    actions.review_reopen(review=review, by=cast.bram, reason="the customer called")
    entry = order.visits.get().time_entries.get()
    actions.finding_add(
        review=review, subject=entry, decision="corrected", by=cast.bram, reason="by the log", quantity=D(2)
    )
    assert asked(order) == 120
    assert not Billable.objects.filter(work_order=order).pending().exists()


def test_so_does_one_that_was_invoiced_and_credited(shop, cast):
    order = shop.done("sold_hours", 2, 180, quoted=[SOLD])
    review = approved(order, cast)
    invoice = invoice_issue(invoice=invoice_draft(work_orders=[order], by=cast.bram), by=cast.bram)
    invoice_credit(invoice=invoice, by=cast.bram, reason="The third hour was ours")
    actions.review_reopen(review=review, by=cast.bram, reason="the customer called")
    entry = order.visits.get().time_entries.get()
    actions.finding_add(
        review=review, subject=entry, decision="corrected", by=cast.bram, reason="by the log", quantity=D(2)
    )
    assert asked(order) == 120
    actions.review_approve(review=review, by=cast.bram)
    again = invoice_issue(invoice=invoice_draft(work_orders=[order], by=cast.bram), by=cast.bram)
    assert again.net == 120


def test_an_answer_of_the_customer_leaves_corrected_time_as_it_is(shop, cast):
    order = shop.done("actuals", 0, 180, extra=1)
    review = approved(order, cast)
    row = Billable.objects.get(work_order=order, kind="time")
    actions.billable_correct(billable=row, by=cast.bram, reason="half an hour of ours", quantity=D("2.5"))
    actions.review_reopen(review=review, by=cast.bram, reason="the customer called")
    offer = actions.extra_work_offer(
        extra_work=order.visits.get().extra_work.get(), by=cast.bram, quantity=D(1), unit="HUR", unit_price=D(60),
        vat_code=shop.high,
    )  # fmt: skip
    actions.extra_work_answer(offer=offer, approved=False, by=Customer("P"))
    assert asked(order) == 150


def test_a_correction_that_waits_is_decided_on_the_page(shop, cast, client_as):
    """More of what was given up waits for somebody: without a form for it the job could never be approved again."""
    order = shop.done("actuals", 0, 60, parts=[(shop.valve, 2)])
    review = actions.review_open(work_order=order, by=cast.bram)
    valve = Billable.objects.get(work_order=order, kind="material")
    actions.billable_decide(billable=valve, fate="written_off", by=cast.olga, reason="our own mistake")
    actions.review_approve(review=review, by=cast.bram)
    added = actions.billable_correct(billable=valve, by=cast.bram, reason="there were three", quantity=D(3))
    actions.review_reopen(review=review, by=cast.bram, reason="the third valve")
    client, decide = client_as(cast.bram), f"/review/billables/{added.pk}/decide/"
    submit(f"/review/{order.pk}/", client=client, form=decide, fate="billable", reason="for them")
    added.refresh_from_db()
    assert (added.fate, added.net) == ("billable", 25)
    submit(f"/review/{order.pk}/", client=client, press="Approve")
    assert asked(order) == 85
