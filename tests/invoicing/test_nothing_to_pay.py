"""An invoice that asks nothing: refused when it says nothing, settled at once when its lines undo each other."""

from decimal import Decimal as D

import pytest

from apps.accounts.models import User
from apps.core import clock
from apps.core.refusals import Refused
from apps.invoicing.actions import (
    fact_mark,
    invoice_cancel,
    invoice_credit,
    invoice_draft,
    invoice_issue,
    line_add,
    payment_record,
    work_order_close,
)
from apps.invoicing.models import Invoice
from apps.pipeline.checks import faults
from apps.pipeline.models import PipelineRow
from apps.workorders.models import WorkOrder
from tests.money import MoneyWorld


def free_line(draft: Invoice, world: MoneyWorld, by: User, price: str) -> None:
    line_add(
        invoice=draft, by=by, description="Coulance", quantity=D(1), unit="C62", unit_price=D(price),
        vat_code=world.vat["21"], reason="Klacht van de klant",
    )  # fmt: skip


def undone(world: MoneyWorld, by: User, order: WorkOrder) -> Invoice:
    """€ 130 and € 130 off."""
    draft = invoice_draft(work_orders=[order], by=by)
    free_line(draft, world, by, "-130.00")
    return invoice_issue(invoice=draft, by=by)


def stands() -> list[str]:
    assert faults() == []
    return list(PipelineRow.objects.values_list("id", "place"))


def test_one_of_which_every_line_asks_nothing_is_refused_and_its_job_closed_without(
    world: MoneyWorld, bram: User
) -> None:
    order = world.job({"quantity": 1, "unit_price": 0, "vat_code": world.vat["21"]})
    draft = invoice_draft(work_orders=[order], by=bram)
    with pytest.raises(Refused, match="Nothing on this invoice is to be paid"):
        invoice_issue(invoice=draft, by=bram)
    draft.refresh_from_db()
    assert draft.number is None
    invoice_cancel(invoice=draft, by=bram, reason="asks nothing")
    assert work_order_close(work_order=order, by=bram).status == "closed"
    assert stands() == []


def test_lines_that_undo_each_other_are_settled_at_once_and_their_job_with_them(
    world: MoneyWorld, bram: User
) -> None:
    order = world.job()
    invoice = undone(world, bram, order)
    invoice.refresh_from_db()
    order.refresh_from_db()
    assert (invoice.status, invoice.payable, order.status) == ("paid", 0, "closed")
    assert stands() == []
    assert not Invoice.objects.unsent().exists()
    assert not Invoice.objects.unpaid().exists()
    fact_mark(invoice=invoice, kind="booked", by=bram)
    fact_mark(invoice=invoice, kind="delivered", by=bram)
    assert Invoice.objects.complete().get() == invoice
    assert stands() == []


def test_a_job_with_another_invoice_waits_for_that(world: MoneyWorld, bram: User) -> None:
    order = world.job()
    asked = invoice_issue(invoice=invoice_draft(work_orders=[order], by=bram), by=bram)
    line = asked.lines.get()
    note = invoice_credit(invoice=asked, by=bram, reason="wrong", lines=[line])
    assert (note.payable, asked.status) == (asked.payable, "credited")
    again = invoice_issue(invoice=invoice_draft(work_orders=[order], by=bram), by=bram)
    payment_record(invoice=again, amount=again.payable, method="bank", paid_on=clock.today(), by=bram)
    # what was paid on the first one and bounced, or is refunded, closes nothing that waits for its books
    order.refresh_from_db()
    assert order.status == "invoiced"


def test_one_that_its_credits_bring_to_nothing_is_settled_too(world: MoneyWorld, bram: User) -> None:
    first, second = world.job(), world.job(("1", "40.00", "21"), customer=None)
    second.customer = first.customer
    second.save(update_fields=["customer"])
    draft = invoice_draft(work_orders=[first, second], by=bram)
    free_line(draft, world, bram, "-130.00")
    invoice = invoice_issue(invoice=draft, by=bram)
    invoice_credit(invoice=invoice, by=bram, reason="not done", lines=[invoice.lines.get(work_order=second)])
    invoice.refresh_from_db()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (invoice.status, first.status, second.status) == ("paid", "closed", "ready_for_invoicing")
    assert stands() == [(f"approved-{second.pk}", "approved")]


def test_paid_credited_to_nothing_and_refunded_it_ends(world: MoneyWorld, bram: User) -> None:
    order = world.job(("2", "65.00", "21"), ("1", "40.00", "21"))
    draft = invoice_draft(work_orders=[order], by=bram)
    free_line(draft, world, bram, "-40.00")
    invoice = invoice_issue(invoice=draft, by=bram)
    payment_record(invoice=invoice, amount=invoice.payable, method="bank", paid_on=clock.today(), by=bram)
    invoice_credit(invoice=invoice, by=bram, reason="not done", lines=[invoice.lines.get(net=D(130))])
    payment_record(invoice=invoice, amount=D("-157.30"), method="bank", paid_on=clock.today(), by=bram)
    order.refresh_from_db()
    assert order.status == "ready_for_invoicing"
    assert {place for pk, place in stands() if pk.startswith("paid-")} == set()


def test_a_credit_note_of_nothing_is_refused(world: MoneyWorld, bram: User) -> None:
    order = world.job(("2", "65.00", "21"), {"quantity": 1, "unit_price": 0, "vat_code": world.vat["21"]})
    invoice = invoice_issue(invoice=invoice_draft(work_orders=[order], by=bram), by=bram)
    with pytest.raises(Refused, match="ask nothing"):
        invoice_credit(invoice=invoice, by=bram, reason="wrong", lines=[invoice.lines.get(net=0)])
    assert invoice_credit(invoice=invoice, by=bram, reason="wrong").payable == invoice.payable
