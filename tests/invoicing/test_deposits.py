"""The deposit of an accepted quote: asked beforehand, counted once, and taken off the final invoice to the cent."""

import contextlib
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import override

from apps.accounts.models import User
from apps.core import clock
from apps.core.refusals import Refused
from apps.invoicing import actions
from apps.invoicing.actions.common import open_amount
from apps.invoicing.documents import invoice_ubl
from apps.invoicing.lists import ready_rows
from apps.invoicing.models import Invoice, LedgerRow
from apps.pipeline.checks import faults
from apps.pipeline.models import PipelineRow
from apps.planning.actions import job_cancel
from apps.quotes.models import Quote
from apps.quotes.rules import deposit
from apps.review import actions as review
from apps.review.actions.billables import billables_sync
from apps.review.models import Billable
from apps.workorders.models import WorkOrder
from tests.builders import QuoteFactory, quote_accepted
from tests.invoicing import test_einvoice as official
from tests.money import Line, MoneyWorld
from tests.pages import submit

pytestmark = pytest.mark.django_db
MIXED: tuple[Line, ...] = (("3", "33.33", "21"), ("7", "14.29", "9"), ("1", "19.99", "0"), ("1", "0.07", "9"))


@pytest.fixture
def sold(world: MoneyWorld):
    """Accepts a quote of these lines with a deposit, of 30 % unless said otherwise."""

    def sell(*lines: Line, percentage: str = "30", basis: str = "fixed_price", **fields: object) -> WorkOrder:
        customer = fields.pop("customer", None) or world.customer()
        quote = QuoteFactory(
            customer=customer, type=world.type, title="Badkamer",
            texts={"billing_basis": basis, "deposit_percentage": D(percentage)},
            lines=[world._line(one) for one in lines or (("10", "100.00", "21"),)],
        )  # fmt: skip
        order = quote_accepted(quote)
        review.billables_catch_up()
        return order

    return sell


def draft(*orders: WorkOrder, by: User) -> Invoice:
    for one in orders:
        one.refresh_from_db()
    return actions.invoice_draft(work_orders=orders, by=by)


def asked(*orders: WorkOrder, by: User) -> Invoice:
    return actions.invoice_issue(invoice=draft(*orders, by=by), by=by)


def paid(invoice: Invoice, by: User) -> None:
    actions.payment_record(
        invoice=invoice, amount=invoice.payable, method="bank", paid_on=clock.today(), by=by
    )


def held() -> list[tuple[str, D]]:
    """Where the euros stand; everything ties out."""
    assert faults() == []
    for row in LedgerRow.objects.all():
        assert row.recorded == row.invoiced + row.included + row.written_off + row.corrected + row.open
    return sorted((one.place, one.net) for one in PipelineRow.objects.exclude(net=0))


def test_it_waits_to_be_asked_and_is_counted_once(sold, bram: User) -> None:
    order = sold()
    assert held() == [("deposit", D(300)), ("unplanned", D(700))]
    invoice = draft(order, by=bram)
    assert held() == [("drafted", D(300)), ("unplanned", D(700))]
    invoice = actions.invoice_issue(invoice=invoice, by=bram)
    assert held() == [("unplanned", D(700)), ("unsent", D(300))]
    paid(invoice, bram)
    assert held() == [("paid", D(300)), ("unplanned", D(700))]
    assert (invoice.net, invoice.vat, invoice.payable) == (300, 63, 363)
    (line,) = invoice.lines.all()
    assert line.description == f"Aanbetaling van 30 % op offerte {Quote.objects.get().number}"
    assert invoice.delivered_on is None


def test_the_final_invoice_takes_it_off_by_number_and_date(world: MoneyWorld, sold, bram: User) -> None:
    order = sold()
    first = asked(order, by=bram)
    world.do(order)
    assert held() == [("approved", D(700)), ("unsent", D(300))]
    final = asked(order, by=bram)
    assert (final.net, final.vat, final.payable) == (700, 147, 847)
    line = final.lines.get(deducts__isnull=False)
    assert line.deducts.invoice == first
    assert (line.quantity, line.unit_price, line.net) == (-1, 300, -300)
    with override("nl"):
        day = date_format(clock.today(), "j F Y")
    assert line.description == f"Al gevraagde aanbetaling, factuur {first.number} van {day}"
    order.refresh_from_db()
    assert order.status == "invoiced"
    assert held() == [("unsent", D(300)), ("unsent", D(700))]


def test_it_is_written_as_the_customer_writes_numbers(world: MoneyWorld, sold, bram: User) -> None:
    for language, text in (("nl", "Aanbetaling van 33,33 %"), ("en", "Deposit of 33.33 %")):
        order = sold(percentage="33.33", customer=world.customer(language=language))
        line = draft(order, by=bram).lines.get()
        assert line.description.replace("\N{NO-BREAK SPACE}", " ").startswith(text)


def test_it_comes_off_below_the_work(world: MoneyWorld, sold, bram: User) -> None:
    customer = world.customer()
    orders = [
        sold(("10", "100.00", "21"), ("1", "9.00", "9"), customer=customer, basis="actuals") for _ in "ab"
    ]
    for order in orders:
        asked(order, by=bram)
        world.do(order, approve=False)
        for row in Billable.objects.filter(work_order=order).pending():
            review.billable_decide(billable=row, fate="included", by=bram, reason="not used")
        world.approve(order)
    lines = draft(*orders, by=bram).lines.order_by("position")
    ends = [(one.work_order_id, one.deducts_id is not None) for one in lines]
    assert ends == sorted(ends)
    assert [one.work_order_id for one in lines if one.deducts_id] == [
        order.pk for order in orders for _ in "ab"
    ]
    assert Billable.objects.filter(work_order=orders[0], kind="time", fate="billable").exists()


@pytest.mark.parametrize("percentage", ["10", "33.33", "12.5", "50", "99.9", "100"])
def test_deposit_and_final_are_the_quote_to_the_cent(world: MoneyWorld, sold, bram: User, percentage) -> None:
    order = sold(*MIXED, percentage=percentage)
    version = Quote.objects.get().current
    first = asked(order, by=bram)
    printed = deposit((line.priced for line in version.lines.all()), D(percentage))
    assert first.payable == printed
    assert official.faults(invoice_ubl(first)) == []
    assert official.value(invoice_ubl(first), "b:InvoiceTypeCode") == "386"
    world.do(order)
    final = asked(order, by=bram)
    assert (first.net + final.net, first.vat + final.vat) == (version.net, version.vat)
    assert official.faults(invoice_ubl(final)) == []
    assert (
        official.value(invoice_ubl(final), "a:BillingReference/a:InvoiceDocumentReference/b:ID")
        == first.number
    )
    # and back to the cent, line by line
    for line in list(final.lines.filter(deducts=None).order_by("pk"))[:2]:
        for lines in ([line, *_its_deduction(final, line)], [line]):
            with contextlib.suppress(Refused):  # less than nothing is not credited
                actions.invoice_credit(invoice=final, by=bram, reason="fout", lines=lines)
                break
    final.refresh_from_db()
    if final.lines.filter(live=True).exists():
        actions.invoice_credit(invoice=final, by=bram, reason="fout")
    notes = Invoice.objects.filter(credits=final)
    assert sum(one.net for one in notes) == final.net
    assert sum(one.vat for one in notes) == final.vat
    held()


def _its_deduction(invoice: Invoice, line) -> list:
    return list(invoice.lines.filter(deducts__isnull=False, live=True, vat_rate=line.vat_rate)[:1])


def test_a_sale_with_reverse_charge(world: MoneyWorld, sold, bram: User) -> None:
    order = sold(("10", "100.00", "AE"), customer=world.business())
    first = asked(order, by=bram)
    assert (first.net, first.vat) == (300, 0)
    world.do(order)
    final = asked(order, by=bram)
    assert (final.net, final.vat) == (700, 0)
    assert official.faults(invoice_ubl(final)) == []


def test_it_is_left_to_the_final_invoice_when_nobody_asked_it(world: MoneyWorld, sold, bram: User) -> None:
    order = sold()
    world.do(order)
    assert held() == [("approved", D(1000))]
    final = asked(order, by=bram)
    assert (final.net, final.lines.filter(deducts__isnull=False).count()) == (1000, 0)
    order.refresh_from_db()
    assert order.status == "invoiced"
    assert held() == [("unsent", D(1000))]


def test_the_office_leaves_it_to_the_final_invoice(sold, cast, client_as) -> None:
    order = sold()
    client = client_as(cast.bram)
    assert [row.pk for row in ready_rows(cast.bram)] == [order.pk]
    submit("/invoicing/ready/", client=client, press="Leave it to the final invoice")
    assert held() == [("unplanned", D(1000))]
    assert not ready_rows(cast.bram).exists()
    with pytest.raises(Refused, match="No deposit"):
        actions.deposit_leave(work_order=order, by=cast.bram)


def test_the_list_of_what_is_ready_offers_it(sold, cast, client_as) -> None:
    order = sold()
    client = client_as(cast.bram)
    page = client.get("/invoicing/ready/").content.decode()
    assert order.number in page
    assert "Deposit" in page
    submit("/invoicing/ready/", client=client, press="Make draft")
    assert Invoice.objects.drafts().get().net == 300
    assert order.number not in client.get("/invoicing/ready/").content.decode()


def test_a_draft_of_it_is_issued_or_cancelled_before_the_final_invoice(
    world: MoneyWorld, sold, bram: User
) -> None:
    order = sold()
    invoice = draft(order, by=bram)
    world.do(order)
    with pytest.raises(Refused, match="stands on a draft"):
        draft(order, by=bram)
    actions.invoice_cancel(invoice=invoice, by=bram, reason="toch niet")
    assert held() == [("approved", D(1000))]
    assert asked(order, by=bram).net == 1000


def test_credited_before_the_work_it_is_asked_anew_or_left(world: MoneyWorld, sold, bram: User) -> None:
    order = sold()
    first = asked(order, by=bram)
    paid(first, bram)
    actions.invoice_credit(invoice=first, by=bram, reason="verkeerd")
    assert held() == [("deposit", D(300)), ("unplanned", D(700))]
    assert open_amount(first) == -363
    again = asked(order, by=bram)
    actions.payment_set_off(invoice=first, against=again, seen=D(-363), by=bram)
    world.do(order)
    final = asked(order, by=bram)
    assert final.lines.get(deducts__isnull=False).deducts.invoice == again
    assert held() == [("paid", D(300)), ("unsent", D(700))]


def test_credited_after_the_final_invoice_it_is_asked_anew(world: MoneyWorld, sold, bram: User) -> None:
    order = sold()
    first = asked(order, by=bram)
    world.do(order)
    asked(order, by=bram)
    actions.invoice_credit(invoice=first, by=bram, reason="verkeerd")
    order.refresh_from_db()
    assert order.status == "ready_for_invoicing"
    assert held() == [("approved", D(300)), ("unsent", D(700))]
    assert asked(order, by=bram).net == 300
    order.refresh_from_db()
    assert order.status == "invoiced"


def test_more_than_the_final_invoice_is_credited(world: MoneyWorld, sold, bram: User) -> None:
    """Actuals: an hour was worked of an estimate of ten."""
    order = sold(("10", "100.00", "21"), percentage="50", basis="actuals")
    first = asked(order, by=bram)
    paid(first, bram)
    world.do(order, approve=False)
    for item in Billable.objects.filter(work_order=order).exclude(kind__in=["time", "deposit"]):
        review.billable_decide(billable=item, fate="included", by=bram, reason="niet nodig", unit_price=None)
    world.approve(order)
    left = LedgerRow.objects.get(work_order=order).open
    assert left < 0
    (note,), final = actions.correction_credit(work_order=order, by=bram)
    assert note.credits == first
    assert note.net == 500
    assert note.note == "Het werk vraagt minder dan de aanbetaling: alles staat op een nieuwe factuur."
    assert final is not None
    assert final.net == left + 500
    final = actions.invoice_issue(invoice=final, by=bram)
    actions.payment_set_off(invoice=first, against=final, by=bram)
    assert open_amount(first) == -(605 - final.payable)
    held()


def test_all_of_it_asked_beforehand_ends_in_an_invoice_of_nothing(
    world: MoneyWorld, sold, cast, client_as
) -> None:
    order = sold(percentage="100")
    paid(asked(order, by=cast.bram), cast.bram)
    world.do(order)
    submit("/invoicing/ready/", client=client_as(cast.bram), press="Make draft")
    final = Invoice.objects.drafts().get()
    assert final.payable == 0
    final = actions.invoice_issue(invoice=final, by=cast.bram)
    assert final.status == "paid"
    assert held() == [("paid", D(1000))]


class TestTheJobIsCancelled:
    def test_before_it_was_asked(self, sold, bram: User) -> None:
        order = sold()
        job_cancel(work_order=order, by=bram, reason="uitgesteld")
        review.billables_catch_up()
        assert held() == [("unplanned", D(1000))]
        with pytest.raises(Refused, match="not ready"):
            draft(order, by=bram)
        new = review.agreement_order(quote=Quote.objects.get(), by=bram)
        assert held() == [("deposit", D(300)), ("unplanned", D(700))]
        assert asked(new, by=bram).net == 300

    def test_its_draft_is_not_issued_before_somebody_decides(self, sold, cast, client_as) -> None:
        bram, petra = cast.bram, cast.petra
        order = sold()
        invoice = draft(order, by=bram)
        page = f"/invoicing/{invoice.pk}/"
        before = client_as(petra).get(page)
        job_cancel(work_order=order, by=bram, reason="gaat niet door")
        refused = submit(before, client=client_as(petra), form=f"{page}issue/")
        assert refused.status_code == 409
        assert f"{order.number} was cancelled" in refused.content.decode()
        invoice.refresh_from_db()
        assert (invoice.status, invoice.number) == ("draft", None)
        quote = Quote.objects.get()
        with pytest.raises(Refused, match="cancel its draft first"):
            review.agreement_cancel(quote=quote, by=petra, reason="gaat niet door")
        actions.invoice_cancel(invoice=invoice, by=bram, reason="gaat niet door")
        review.agreement_cancel(quote=quote, by=petra, reason="gaat niet door")
        assert held() == []

    def test_its_draft_is_issued_when_the_job_is_made_again(self, sold, bram: User) -> None:
        order = sold()
        invoice = draft(order, by=bram)
        job_cancel(work_order=order, by=bram, reason="uitgesteld")
        review.billables_catch_up()
        review.agreement_order(quote=Quote.objects.get(), by=bram)
        assert actions.invoice_issue(invoice=invoice, by=bram).status == "issued"

    def test_the_database_does_not_ask_it_either(self, sold, bram: User) -> None:
        order = sold()
        invoice = draft(order, by=bram)
        job_cancel(work_order=order, by=bram, reason="gaat niet door")
        with pytest.raises(IntegrityError, match="deposit of a cancelled job"), transaction.atomic():
            Invoice.objects.filter(pk=invoice.pk).update(status="issued")

    def test_the_new_job_takes_off_what_was_asked(self, world: MoneyWorld, sold, bram: User) -> None:
        order = sold()
        first = asked(order, by=bram)
        job_cancel(work_order=order, by=bram, reason="uitgesteld")
        review.billables_catch_up()
        assert held() == [("unplanned", D(700)), ("unsent", D(300))]
        new = review.agreement_order(quote=Quote.objects.get(), by=bram)
        assert held() == [("unplanned", D(700)), ("unsent", D(300))]
        world.do(new)
        final = asked(new, by=bram)
        assert final.net == 700
        assert final.lines.get(deducts__isnull=False).deducts.invoice == first

    def test_what_was_paid_is_the_customers(self, sold, cast) -> None:
        bram, petra = cast.bram, cast.petra
        order = sold()
        first = asked(order, by=bram)
        paid(first, bram)
        job_cancel(work_order=order, by=bram, reason="gaat niet door")
        review.billables_catch_up()
        quote = Quote.objects.get()
        with pytest.raises(Refused, match="cancel its draft first, or credit it"):
            review.agreement_cancel(quote=quote, by=petra, reason="gaat niet door")
        actions.invoice_credit(invoice=first, by=bram, reason="gaat niet door")
        assert [("unplanned", D(1000))] == held()
        review.agreement_cancel(quote=quote, by=petra, reason="gaat niet door")
        assert held() == []
        assert PipelineRow.objects.get(place="owed").gross == -363


def test_nobody_decides_about_it_in_the_review(world: MoneyWorld, sold, bram: User) -> None:
    order = sold()
    asked(order, by=bram)
    world.do(order, approve=False)
    for item in Billable.objects.filter(work_order=order, kind="deposit"):
        with pytest.raises(Refused, match="Nobody decides"):
            review.billable_decide(billable=item, fate="included", by=bram, reason="x")
    world.approve(order)
    with pytest.raises(Refused, match="credited on its invoice"):
        review.billable_correct(
            billable=Billable.objects.filter(kind="deposit").latest("pk"), by=bram, reason="x", quantity=D(2)
        )


def test_a_quote_without_one_asks_none(sold, bram: User) -> None:
    order = sold(percentage="0")
    assert held() == [("unplanned", D(1000))]
    with pytest.raises(Refused, match="not ready"):
        draft(order, by=bram)


def test_it_is_made_once(sold) -> None:
    order = sold(*MIXED)
    before = Billable.objects.filter(kind="deposit").count()
    assert before == 6
    billables_sync(order)
    assert Billable.objects.filter(kind="deposit").count() == before


def test_a_deposit_that_was_asked_is_not_taken_off_the_draft(world: MoneyWorld, sold, bram: User) -> None:
    order = sold()
    asked(order, by=bram)
    world.do(order)
    final = draft(order, by=bram)
    with pytest.raises(Refused, match="asked already"):
        actions.line_remove(line=final.lines.get(deducts__isnull=False), by=bram)
    assert actions.invoice_issue(invoice=final, by=bram).total == 847
