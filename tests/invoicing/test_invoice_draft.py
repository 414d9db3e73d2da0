from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.core.refusals import Forbidden, Refused
from apps.invoicing.actions import (
    invoice_cancel,
    invoice_change,
    invoice_draft,
    invoice_issue,
    line_add,
    line_change,
    line_remove,
)
from apps.invoicing.models import Invoice, InvoiceLine
from apps.review.models import Billable, Fate
from tests.conftest import Cast
from tests.money import MoneyWorld


def test_it_takes_what_is_billable_and_nothing_else(world: MoneyWorld, bram: User) -> None:
    order = world.job(("2", "65.00", "21"))
    assert Billable.objects.get(work_order=order, fate=Fate.INCLUDED).net == 25
    invoice = invoice_draft(work_orders=[order], by=bram)
    assert [line.net for line in invoice.lines.all()] == [Decimal("130.00")]
    assert invoice.number is None
    assert invoice.status == "draft"
    assert (invoice.net, invoice.vat, invoice.total) == (
        Decimal("130.00"),
        Decimal("27.30"),
        Decimal("157.30"),
    )


def test_several_jobs_of_one_customer_come_on_one_invoice(world: MoneyWorld, bram: User) -> None:
    customer = world.customer()
    orders = [world.job(customer=customer), world.job(customer=customer)]
    invoice = invoice_draft(work_orders=orders, by=bram)
    assert {line.work_order_id for line in invoice.lines.all()} == {order.pk for order in orders}


def test_jobs_of_two_customers_are_refused(world: MoneyWorld, bram: User) -> None:
    with pytest.raises(Refused, match="one customer"):
        invoice_draft(work_orders=[world.job(), world.job()], by=bram)


def test_work_on_a_draft_cannot_come_on_a_second_one(world: MoneyWorld, bram: User) -> None:
    order = world.job()
    invoice_draft(work_orders=[order], by=bram)
    with pytest.raises(Refused, match="left to invoice"):
        invoice_draft(work_orders=[order], by=bram)
    assert Invoice.objects.count() == 1


def test_a_job_that_is_not_reviewed_is_refused(world: MoneyWorld, bram: User) -> None:
    with pytest.raises(Refused, match="not ready"):
        invoice_draft(work_orders=[world.job(approved=False)], by=bram)


def test_a_technician_may_not_make_one(world: MoneyWorld, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        invoice_draft(work_orders=[world.job()], by=cast.tim)


def test_the_customers_language_and_term_are_taken(world: MoneyWorld, bram: User) -> None:
    customer = world.customer(language="en", payment_term_days=30)
    invoice = invoice_draft(work_orders=[world.job(customer=customer)], by=bram)
    assert (invoice.language, invoice.payment_term_days) == ("en", 30)


def test_the_description_of_a_line_can_be_changed_but_not_its_price(draft: Invoice, bram: User) -> None:
    line = draft.lines.first()
    assert line is not None
    line_change(line=line, by=bram, description="Onderhoud ketel")
    line.refresh_from_db()
    assert line.description == "Onderhoud ketel"
    with pytest.raises(Refused, match="review"):
        line_change(line=line, by=bram, description="x", unit_price=Decimal("1"))
    line.refresh_from_db()
    assert (line.description, line.unit_price) == ("Onderhoud ketel", Decimal("65"))


def test_a_free_line_has_the_customers_vat(world: MoneyWorld, bram: User) -> None:
    customer = world.business(reverse_charge=True)
    invoice = invoice_draft(work_orders=[world.job(("1", "100", "AE"), customer=customer)], by=bram)
    line = line_add(
        invoice=invoice, by=bram, description="Parkeren", quantity=Decimal(1), unit="C62",
        unit_price=Decimal("12.50"), vat_code=world.vat["21"],
    )  # fmt: skip
    invoice.refresh_from_db()
    assert (line.vat_category, line.vat_rate) == ("AE", 0)
    assert invoice.total == Decimal("112.50")
    line_change(line=line, by=bram, description="Parkeren", quantity=Decimal(2))
    invoice.refresh_from_db()
    assert invoice.total == Decimal("125.00")


def test_a_line_taken_off_can_come_on_another_invoice(draft: Invoice, bram: User) -> None:
    line = draft.lines.first()
    assert line is not None
    order = line.work_order
    line_remove(line=line, by=bram)
    other = invoice_draft(work_orders=[order], by=bram)
    assert [one.billable_id for one in other.lines.all()] == [line.billable_id]


def test_reference_text_and_term_can_be_changed(draft: Invoice, bram: User) -> None:
    invoice_change(invoice=draft, by=bram, reference="PO 12", note="Met dank", payment_term_days=8)
    draft.refresh_from_db()
    assert (draft.reference, draft.note, draft.payment_term_days) == ("PO 12", "Met dank", 8)
    assert Invoice.objects.search("PO 12").get() == draft


def test_nothing_of_an_issued_invoice_can_be_changed(issued: Invoice, bram: User) -> None:
    line = InvoiceLine.objects.filter(invoice=issued).first()
    assert line is not None
    with pytest.raises(Refused, match="no longer a draft"):
        line_change(line=line, by=bram, description="x")
    with pytest.raises(Refused, match="no longer a draft"):
        line_remove(line=line, by=bram)
    with pytest.raises(Refused, match="no longer a draft"):
        invoice_change(invoice=issued, by=bram, reference="x", note="", payment_term_days=1)


def test_a_cancelled_draft_gives_its_work_back_and_takes_no_number(draft: Invoice, bram: User) -> None:
    order = draft.lines.first().work_order
    invoice_cancel(invoice=draft, by=bram, reason="Dubbel")
    again = invoice_draft(work_orders=[order], by=bram)
    assert again.lines.count() == 3
    assert invoice_issue(invoice=again, by=bram).number.endswith("-0001")


def test_an_issued_invoice_cannot_be_cancelled(issued: Invoice, bram: User) -> None:
    with pytest.raises(Refused, match="“Cancel” is no longer possible"):
        invoice_cancel(invoice=issued, by=bram, reason="Fout")
