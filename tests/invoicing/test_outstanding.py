"""What is outstanding, overdue and owed back is the same everywhere, and a credit takes off of all of it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.bookkeeping.content import gather
from apps.core import clock
from apps.core.refusals import Refused
from apps.finance import querysets as finance
from apps.invoicing.actions import (
    invoice_credit,
    invoice_draft,
    invoice_issue,
    line_add,
    payment_record,
    reminder_send,
)
from apps.invoicing.models import Invoice
from tests.money import MoneyWorld

REST = Decimal("375.30")  # € 435.79 less the line of € 49.99 with its VAT


@pytest.fixture
def partly_credited(sent: Invoice, bram: User) -> Invoice:
    invoice_credit(invoice=sent, by=bram, reason="Niet geleverd", lines=[sent.lines.order_by("position")[1]])
    return sent


def outstanding_in_package() -> dict[str, Decimal]:
    tables = gather([], [], contents=frozenset({"payments"})).tables
    return {row[0]: row[7] for table in tables if table.name == "outstanding" for row in table.rows}


def test_a_credit_takes_off_of_what_is_outstanding_everywhere(partly_credited: Invoice) -> None:
    late = clock.today() + timedelta(days=60)
    assert finance.outstanding(clock.today()) == (REST, 0)
    assert finance.outstanding(late) == (REST, REST)
    assert outstanding_in_package() == {partly_credited.number: REST}
    assert Invoice.objects.overdue(late).with_open().get().open == REST


def test_what_was_never_sent_is_outstanding_and_not_overdue(issued: Invoice) -> None:
    late = clock.today() + timedelta(days=60)
    assert finance.outstanding(late) == (Decimal("435.79"), 0)
    assert not Invoice.objects.overdue(late).exists()


def test_what_is_credited_whole_is_neither_outstanding_nor_owed(sent: Invoice, bram: User) -> None:
    invoice_credit(invoice=sent, by=bram, reason="Verkeerde klant")
    assert finance.outstanding(clock.today()) == (0, 0)
    assert not Invoice.objects.owed().exists()
    assert outstanding_in_package() == {}


def test_what_was_paid_and_credited_in_part_is_owed_back(sent: Invoice, bram: User) -> None:
    payment_record(invoice=sent, amount=sent.payable, method="bank", paid_on=clock.today(), by=bram)
    line = sent.lines.order_by("position")[1]
    invoice_credit(invoice=sent, by=bram, reason="Niet geleverd", lines=[line])
    assert Invoice.objects.owed().get().open == Decimal("-60.49")
    assert outstanding_in_package() == {sent.number: Decimal("-60.49")}
    assert finance.outstanding(clock.today()) == (0, 0)


def test_an_invoice_of_nothing_is_not_chased(world: MoneyWorld, bram: User) -> None:
    draft = invoice_draft(work_orders=[world.job()], by=bram)
    line_add(
        invoice=draft, by=bram, description="Coulance", quantity=Decimal(1), unit="C62", unit_price=Decimal(-130),
        vat_code=world.vat["21"], reason="Klacht",
    )  # fmt: skip
    invoice = invoice_issue(invoice=draft, by=bram)
    assert not Invoice.objects.overdue(clock.today() + timedelta(days=60)).exists()
    with clock.at(clock.now() + timedelta(days=60)), pytest.raises(Refused, match="not paid"):
        reminder_send(invoice=invoice, by=bram)
