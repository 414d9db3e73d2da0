"""What waits for the next package is kept by the database, whatever happens to invoices and payments."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from apps.accounts.models import User
from apps.bookkeeping.actions import package_make
from apps.bookkeeping.models import PackageLine, WaitingLine
from apps.core import clock
from apps.core.database import OFFICE, as_role
from apps.invoicing.actions import (
    invoice_credit,
    invoice_draft,
    invoice_issue,
    payment_record,
    payment_reverse,
)
from apps.invoicing.models import Invoice, Payment
from tests.conftest import Cast
from tests.kept import kept
from tests.money import MoneyWorld, money_world


@kept
def world(db: None) -> MoneyWorld:
    return money_world()


@kept
def bram(cast: Cast) -> User:
    return cast.bram


def waiting() -> set[tuple[int, int | None]]:
    """What is kept, which is what the records themselves say."""
    kept = set(WaitingLine.objects.values_list("invoice", "payment"))
    invoices = Invoice.objects.exclude(number=None).exclude(
        pk__in=PackageLine.objects.filter(payment=None).values("invoice")
    )
    payments = Payment.objects.exclude(pk__in=PackageLine.objects.exclude(payment=None).values("payment"))
    assert kept == {(one.pk, None) for one in invoices} | {(one.invoice_id, one.pk) for one in payments}
    return kept


def pay(invoice: Invoice, amount: str, by: User) -> Payment:
    return payment_record(
        invoice=invoice, amount=Decimal(amount), method="bank", paid_on=clock.today(), by=by
    )


def test_from_issue_to_package(world: MoneyWorld, bram: User) -> None:
    draft = invoice_draft(work_orders=[world.job(("1", "100.00", "21"))], by=bram)
    assert waiting() == set()
    invoice = invoice_issue(invoice=draft, by=bram)
    assert waiting() == {(invoice.pk, None)}
    first = pay(invoice, "21.00", bram)
    sums, payments = WaitingLine.objects.for_user(bram).sums()
    assert (sums.count, sums.net, sums.vat, sums.total) == (1, 100, 21, 121)
    assert payments == 21
    package_make(by=bram)
    assert waiting() == set()
    back = payment_reverse(payment=first, by=bram, reason="bounced")
    note = invoice_credit(invoice=invoice, by=bram, reason="wrong")
    assert waiting() == {(invoice.pk, back.pk), (note.pk, None)}
    sums, payments = WaitingLine.objects.for_user(bram).sums()
    assert (sums.count, sums.total, payments) == (1, -121, -21)


def test_an_invoice_that_is_left_out_waits_on_with_its_payment(world: MoneyWorld, bram: User) -> None:
    one, other = (
        invoice_issue(invoice=invoice_draft(work_orders=[world.job()], by=bram), by=bram) for _ in range(2)
    )
    paid = pay(other, "10.00", bram)
    package_make(by=bram, invoices=[one])
    assert waiting() == {(other.pk, None), (other.pk, paid.pk)}
    package_make(by=bram)
    assert waiting() == set()


def test_the_office_reads_it_and_changes_nothing(world: MoneyWorld, bram: User) -> None:
    invoice_issue(invoice=invoice_draft(work_orders=[world.job()], by=bram), by=bram)
    with as_role(OFFICE, user_id=bram.pk):
        assert WaitingLine.objects.count() == 1
        with pytest.raises(DatabaseError), transaction.atomic():
            WaitingLine.objects.update(net=0)
