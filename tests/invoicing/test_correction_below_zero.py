"""A correction that takes off more than is left to invoice: what was charged is credited, and what is left asked anew."""

from decimal import Decimal as D

import pytest
from django.test import Client

from apps.acceptance.judging import concerns_judge
from apps.accounts.models import User
from apps.core import clock
from apps.core.refusals import Refused
from apps.customers.actions import customer_change
from apps.invoicing.actions import (
    correction_credit,
    fact_mark,
    invoice_cancel,
    invoice_credit,
    invoice_draft,
    invoice_issue,
    line_add,
    line_remove,
    payment_record,
    payment_set_off,
)
from apps.invoicing.actions.common import open_amount
from apps.invoicing.documents import invoice_ubl, paper
from apps.invoicing.models import Invoice, LedgerRow
from apps.pipeline.checks import faults
from apps.pipeline.figures import standing
from apps.pipeline.models import PipelineRow
from apps.pipeline.states import STAGES, next_step
from apps.review.actions import (
    billable_correct,
    billable_decide,
    billables_catch_up,
    review_approve,
    review_open,
    review_reopen,
)
from apps.review.models import Billable, Review
from apps.workorders.models import WorkOrder
from tests.builders import QuoteFactory, Shop, quote_accepted
from tests.conftest import Cast
from tests.invoicing import test_einvoice as official
from tests.money import MoneyWorld
from tests.pages import submit


def invoiced(order: WorkOrder, by: User) -> Invoice:
    return invoice_issue(invoice=invoice_draft(work_orders=[order], by=by), by=by)


def correct(order: WorkOrder, by: User, quantity: int) -> None:
    one = Billable.objects.filter(work_order=order, kind="agreed").order_by("pk").first()
    assert one is not None
    billable_correct(billable=one, by=by, reason="Een uur te veel", quantity=D(quantity))
    order.refresh_from_db()


def holds(order: WorkOrder) -> None:
    row = LedgerRow.objects.get(work_order=order)
    assert row.recorded == row.invoiced + row.included + row.written_off + row.corrected + row.open
    assert faults() == []


def test_no_draft_is_made_that_could_not_be_issued(world: MoneyWorld, bram: User) -> None:
    order = world.job(("3", "65.00", "21"))
    invoiced(order, bram)
    correct(order, bram, 2)
    with pytest.raises(Refused, match="below zero"):
        invoice_draft(work_orders=[order], by=bram)
    assert not Invoice.objects.drafts().exists()


def test_the_charged_line_is_credited_and_what_is_left_is_drafted(world: MoneyWorld, bram: User) -> None:
    order = world.job(("3", "65.00", "21"), ("1", "40.00", "9"))
    first = invoiced(order, bram)
    payment_record(invoice=first, amount=first.payable, method="bank", paid_on=clock.today(), by=bram)
    correct(order, bram, 2)
    (note,), draft = correction_credit(work_order=order, by=bram)
    assert (note.credits, note.net) == (first, 195)
    # what the office said among itself is no word for the customer, who reads Dutch
    assert note.note == "Gecorrigeerd na facturatie: wat overblijft, staat op een nieuwe factuur."
    assert draft is not None
    assert (draft.status, draft.net, draft.payable) == ("draft", 130, D("157.30"))
    assert open_amount(first) == D("-235.95")
    holds(order)
    again = invoice_issue(invoice=draft, by=bram)
    payment_set_off(invoice=first, against=again, seen=D("-235.95"), by=bram)
    payment_record(invoice=first, amount=D("-78.65"), method="bank", paid_on=clock.today(), by=bram)
    order.refresh_from_db()
    again.refresh_from_db()
    assert (order.status, again.status, open_amount(first)) == ("invoiced", "paid", 0)
    holds(order)


def test_what_is_left_of_an_item_is_one_line_to_the_customer(world: MoneyWorld, bram: User) -> None:
    order = world.job(("3", "24.995", "21"), ("1", "40.00", "9"))
    invoiced(order, bram)
    correct(order, bram, 2)
    _notes, draft = correction_credit(work_order=order, by=bram)
    assert draft is not None
    assert sorted(line.quantity for line in draft.lines.all()) == [-1, 3]
    (shown,) = paper(draft).lines
    assert (shown.quantity, shown.net, shown.price_places) == (2, draft.net, 3)
    issued = invoice_issue(invoice=draft, by=bram)
    (shown,) = paper(issued).lines
    assert (shown.quantity, shown.net) == (2, issued.net)
    assert official.faults(invoice_ubl(issued)) == []


def test_on_the_page_of_a_draft_it_is_one_line_as_well(world: MoneyWorld, bram: User, client_as) -> None:
    order = world.job(("3", "65.00", "21"), ("1", "40.00", "9"))
    invoiced(order, bram)
    correct(order, bram, 2)
    _notes, draft = correction_credit(work_order=order, by=bram)
    assert draft is not None
    assert draft.lines.filter(work_order=order).count() == 2
    client: Client = client_as(bram)
    address = f"/invoicing/{draft.pk}/change/"
    page = client.get(address)
    (row,) = page.context["rows"]
    assert (row.line.quantity, row.line.net) == (2, 130)
    saved = submit(page, client=client, **{f"line-{row.line.pk}-description": "Twee uur werk"})
    assert saved.status_code == 302
    assert {line.description for line in draft.lines.all()} == {"Twee uur werk"}
    assert len(paper(draft).lines) == 1
    submit(address, client=client, form=f"/invoicing/lines/{row.line.pk}/remove/")
    assert not draft.lines.exists()
    assert PipelineRow.objects.get(work_order=order, place="approved").net == 130


def test_corrected_to_nothing_it_is_credited_and_the_job_ends(world: MoneyWorld, bram: User) -> None:
    order = world.job(("3", "65.00", "21"))
    first = invoiced(order, bram)
    correct(order, bram, 0)
    (note,), draft = correction_credit(work_order=order, by=bram)
    order.refresh_from_db()
    first.refresh_from_db()
    assert (note.payable, draft, first.status, order.status) == (first.payable, None, "credited", "closed")
    assert not PipelineRow.objects.filter(work_order=order).exists()
    holds(order)


def test_a_discount_on_the_invoice_is_credited_with_it(world: MoneyWorld, bram: User) -> None:
    order = world.job(("3", "65.00", "21"))
    draft = invoice_draft(work_orders=[order], by=bram)
    line_add(
        invoice=draft, by=bram, description="Korting", quantity=D(1), unit="C62", unit_price=D(-30),
        vat_code=world.vat["21"], reason="Klacht",
    )  # fmt: skip
    first = invoice_issue(invoice=draft, by=bram)
    correct(order, bram, 2)
    (note,), again = correction_credit(work_order=order, by=bram)
    assert again is not None
    assert (note.net, again.net) == (165, 100)
    first.refresh_from_db()
    assert first.status == "credited"
    holds(order)


def test_a_discount_that_came_back_and_was_left_off_can_be_finished(world: MoneyWorld, bram: User) -> None:
    """Credited whole, it is open again beside its job; its line was taken off the new draft, and the rest invoiced."""
    order = world.job(("3", "65.00", "21"), ("1", "40.00", "9"))
    draft = invoice_draft(work_orders=[order], by=bram)
    line_add(
        invoice=draft, by=bram, description="Korting", quantity=D(1), unit="C62", unit_price=D(-30),
        vat_code=world.vat["21"], reason="Klacht",
    )  # fmt: skip
    invoice_credit(invoice=invoice_issue(invoice=draft, by=bram), by=bram, reason="Verkeerde naam")
    order.refresh_from_db()
    draft = invoice_draft(work_orders=[order], by=bram)
    left_off = draft.lines.get(net__lt=0)
    assert (left_off.net, left_off.reason) == (-30, "Klacht")
    line_remove(line=left_off, by=bram)
    invoice_issue(invoice=draft, by=bram)
    order.refresh_from_db()
    assert PipelineRow.objects.get(place="approved").net == -30
    (note,), again = correction_credit(work_order=order, by=bram)
    assert again is not None
    assert (note.net, again.net) == (195, 165), "a line at the VAT rate of the discount"
    holds(order)


def test_a_discount_with_nothing_to_take_it_off_says_the_way_out(world: MoneyWorld, cast: Cast) -> None:
    order = world.job(("3", "65.00", "21"))
    draft = invoice_draft(work_orders=[order], by=cast.bram)
    line_add(
        invoice=draft, by=cast.bram, description="Korting", quantity=D(1), unit="C62", unit_price=D(-30),
        vat_code=world.vat["21"], reason="Klacht",
    )  # fmt: skip
    invoice_credit(invoice=invoice_issue(invoice=draft, by=cast.bram), by=cast.bram, reason="Verkeerde naam")
    review = Review.objects.get(work_order=order)
    review_reopen(review=review, by=cast.bram, reason="Klacht")
    work = Billable.objects.get(work_order=order, kind="agreed")
    billable_decide(billable=work, fate="written_off", by=cast.olga, reason="Klacht")
    review_approve(review=review, by=cast.bram)
    with pytest.raises(Refused, match="review it again"):
        correction_credit(work_order=order, by=cast.bram)
    review_reopen(review=review, by=cast.bram, reason="Klacht")
    discount = Billable.objects.get(work_order=order, kind="free")
    billable_decide(billable=discount, fate="included", by=cast.bram, reason="Niets meer te korten")
    review_approve(review=review, by=cast.bram)
    order.refresh_from_db()
    assert order.status == "closed"
    assert not PipelineRow.objects.filter(work_order=order).exists()
    holds(order)


def test_twice_corrected_it_is_credited_no_more_than_needed(world: MoneyWorld, bram: User) -> None:
    order = world.job(("3", "65.00", "21"))
    invoiced(order, bram)
    correct(order, bram, 5)
    invoiced(order, bram)
    correct(order, bram, 4)
    (note,), draft = correction_credit(work_order=order, by=bram)
    assert draft is not None
    assert (note.net, draft.net) == (130, 65)
    holds(order)


def test_above_zero_there_is_nothing_to_credit(world: MoneyWorld, bram: User) -> None:
    order = world.job(("3", "65.00", "21"))
    with pytest.raises(Refused, match="is to be invoiced"):
        correction_credit(work_order=order, by=bram)


def test_a_draft_that_lost_a_line_says_the_way_out(world: MoneyWorld, bram: User) -> None:
    order = world.job(("3", "65.00", "21"))
    invoiced(order, bram)
    correct(order, bram, 2)
    other = world.job(("4", "65.00", "21"), customer=order.customer)
    draft = invoice_draft(work_orders=[order, other], by=bram)
    line_remove(line=draft.lines.get(work_order=other), by=bram)
    with pytest.raises(Refused, match="Cancel the draft"):
        invoice_issue(invoice=draft, by=bram)
    invoice_cancel(invoice=draft, by=bram, reason="below zero")
    _notes, again = correction_credit(work_order=order, by=bram)
    assert again is not None
    assert again.net == 130


def test_the_list_of_what_is_ready_offers_it(world: MoneyWorld, cast: Cast, client_as) -> None:
    order = world.job(("3", "65.00", "21"))
    first = invoiced(order, cast.bram)
    correct(order, cast.bram, 2)
    (row,) = standing(clock.now()).filter(work_order=order)
    assert str(next_step(STAGES[row.stage], row.record_type, row.amount).label) == "Credit what was corrected"
    client: Client = client_as(cast.bram)
    page = submit(client.get("/invoicing/ready/"), client=client, press="Credit and make the draft")
    assert page.status_code == 302
    draft = Invoice.objects.drafts().get()
    assert draft.net == 130
    assert Invoice.objects.get(credits=first).net == 195


class TestReviewedAgainAndNothingIsLeft:
    """It goes where it was, without anybody's hand."""

    def again(self, order: WorkOrder, by: User) -> WorkOrder:
        review = Review.objects.get(work_order=order)
        review_reopen(review=review, by=by, reason="iets vergeten")
        review_approve(review=review, by=by)
        order.refresh_from_db()
        return order

    @pytest.fixture
    def shop(self, cast: Cast) -> Shop:
        return Shop(cast)

    @pytest.fixture
    def late(self, shop, cast):
        """An invoiced job to which a part came in later, that is written off."""
        order = shop.done(parts=[(shop.pipe, 2)])
        review_approve(review=review_open(work_order=order, by=cast.bram), by=cast.bram)
        self.invoice = invoiced(order, cast.bram)
        shop.late_part(order, shop.valve, 1)
        return order

    def given_up(self, order, cast):
        billables_catch_up()
        review = Review.objects.get(work_order=order)
        review = review_reopen(review=review, by=cast.bram, reason="a late part")
        for row in Billable.objects.filter(work_order=order, claimed=False):
            billable_decide(billable=row, fate="written_off", by=cast.olga, reason="our mistake")
        concerns_judge(review=review, by=cast.bram, reason="looked at")
        review_approve(review=review, by=cast.bram)
        order.refresh_from_db()

    @pytest.mark.parametrize("booked", [False, True])
    def test_invoiced_again_or_closed_when_its_books_are(self, late, cast, booked) -> None:
        if booked:
            payment_record(
                invoice=self.invoice, amount=self.invoice.payable, method="bank", paid_on=clock.today(), by=cast.bram
            )  # fmt: skip
            fact_mark(invoice=self.invoice, kind="booked", by=cast.bram)
        self.given_up(late, cast)
        assert late.status == ("closed" if booked else "invoiced")
        assert not PipelineRow.objects.filter(record_type="workorders.workorder").exists()

    def test_credited_wholly_and_written_off_it_is_closed(self, world: MoneyWorld, cast: Cast) -> None:
        order = world.job(("3", "65.00", "21"))
        invoice_credit(invoice=invoiced(order, cast.bram), by=cast.bram, reason="wrong")
        review = review_reopen(review=Review.objects.get(work_order=order), by=cast.bram, reason="no work")
        for row in Billable.objects.filter(work_order=order, fate="billable"):
            billable_decide(billable=row, fate="written_off", by=cast.olga, reason="our mistake")
        review_approve(review=review, by=cast.bram)
        order.refresh_from_db()
        assert order.status == "closed"

    def test_a_draft_is_waited_for(self, world: MoneyWorld, cast: Cast) -> None:
        order = world.job(("3", "65.00", "21"))
        invoice_draft(work_orders=[order], by=cast.bram)
        assert self.again(order, cast.bram).status == "ready_for_invoicing"

    def test_more_and_less_again_is_nothing(self, world: MoneyWorld, cast: Cast) -> None:
        order = world.job(("3", "65.00", "21"))
        invoiced(order, cast.bram)
        correct(order, cast.bram, 4)
        assert order.status == "ready_for_invoicing"
        correct(order, cast.bram, 3)
        assert order.status == "invoiced"

    def test_never_invoiced_it_says_so_with_one_next_action(self) -> None:
        label = next_step(STAGES["approved"], "workorders.workorder", D(0)).label
        assert str(label) == "Close the work order"


def moved(world: MoneyWorld, by: User, rate: str, to: int) -> WorkOrder:
    """Invoiced, and then 10 of the one item corrected away, and the other, at this VAT, made `to` euros more."""
    order = world.job(("10", "10.00", "21"), ("10", "10.00", rate))
    invoiced(order, by)
    less, more = Billable.objects.filter(work_order=order, kind="agreed").order_by("pk")
    billable_correct(billable=less, by=by, reason="Niet gedaan", quantity=D(0))
    billable_correct(billable=more, by=by, reason="Meer gedaan", quantity=D(10 + to / 10))
    order.refresh_from_db()
    return order


def buttons(order: WorkOrder, client: Client) -> str:
    page = client.get("/invoicing/ready/").content.decode()
    return page[page.index(order.number) :]


@pytest.mark.parametrize("to", [100, 110])
def test_what_comes_below_zero_only_with_its_vat_is_credited_too(
    world: MoneyWorld, cast: Cast, client_as, to: int
) -> None:
    order = moved(world, cast.bram, "0", to)
    with pytest.raises(Refused, match="below zero"):
        invoice_draft(work_orders=[order], by=cast.bram)
    shown = buttons(order, client_as(cast.bram))
    assert "Credit what was corrected?" in shown
    assert "Make draft" not in shown
    (note,), draft = correction_credit(work_order=order, by=cast.bram)
    assert (note.net, note.vat) == (100, 21)
    assert draft is not None
    assert invoice_issue(invoice=draft, by=cast.bram).total == to
    assert faults() == []
    holds(order)


def test_items_that_undo_each_other_stand_on_a_draft_like_any_other(
    world: MoneyWorld, cast: Cast, client_as
) -> None:
    order = moved(world, cast.bram, "21", 100)
    shown = buttons(order, client_as(cast.bram))
    assert "Make draft" in shown
    assert "Close without an invoice?" not in shown
    page = client_as(cast.bram).get("/invoicing/ready/?state=free")
    assert order.number in page.content.decode()
    submit(page, client=client_as(cast.bram), press="Make draft")
    draft = Invoice.objects.get(status="draft")
    assert invoice_issue(invoice=draft, by=cast.bram).status == "paid"
    order.refresh_from_db()
    assert order.status == "invoiced"
    assert faults() == []


def test_a_deposit_above_the_work_once_its_vat_went_is_credited(
    world: MoneyWorld, cast: Cast, client_as
) -> None:
    customer = world.business(vat_number="NL812345691B01", reverse_charge=False)
    quote = QuoteFactory(
        customer=customer, type=world.type, title="Badkamer",
        texts={"billing_basis": "fixed_price", "deposit_percentage": D(90)}, lines=[world._line(("10", "100.00", "21"))],
    )  # fmt: skip
    order = quote_accepted(quote)
    billables_catch_up()
    invoiced(order, cast.bram)
    customer_change(customer=customer, by=cast.bram, reverse_charge=True)
    world.do(order)
    assert "Credit what was corrected?" in buttons(order, client_as(cast.bram))
    (note,), draft = correction_credit(work_order=order, by=cast.bram)
    assert (note.net, note.vat) == (900, 189)
    assert draft is not None
    assert (draft.net, draft.total) == (1000, 1000)
    holds(order)
