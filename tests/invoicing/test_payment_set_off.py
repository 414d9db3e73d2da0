"""Money paid too much is taken whole, and goes back or against another invoice of the customer."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.core import clock
from apps.core.models import AuditEvent
from apps.core.refusals import Forbidden, Refused
from apps.invoicing.actions import (
    invoice_draft,
    invoice_issue,
    payment_record,
    payment_reverse,
    payment_set_off,
)
from apps.invoicing.actions.common import open_amount
from apps.invoicing.models import Invoice, Payment
from tests.conftest import Cast
from tests.money import MoneyWorld
from tests.pages import submit

ClientAs = Callable[[User], Client]


def pay(invoice: Invoice, amount: str, by: User, **fields: object) -> Payment:
    return payment_record(
        invoice=invoice, amount=Decimal(amount), method="bank", paid_on=clock.today(), by=by, **fields
    )


def other(world: MoneyWorld, invoice: Invoice, by: User, price: str = "65.00") -> Invoice:
    order = world.job(("1", price, "21"), customer=invoice.customer)
    return invoice_issue(invoice=invoice_draft(work_orders=[order], by=by), by=by)


def opens(*invoices: Invoice) -> list[Decimal]:
    return [open_amount(Invoice.objects.get(pk=one.pk)) for one in invoices]


def committed() -> None:
    """What Postgres checks when the transaction ends, now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.fixture
def overpaid(sent: Invoice, bram: User) -> Invoice:
    pay(sent, "535.79", bram, too_much=True)
    return sent


@pytest.fixture
def office(client_as: ClientAs, bram: User) -> Client:
    return client_as(bram)


def test_more_than_is_open_is_recorded_whole_and_the_rest_is_owed(overpaid: Invoice) -> None:
    assert overpaid.status == "paid"
    assert open_amount(overpaid) == Decimal("-100.00")
    assert overpaid.payments.get().amount == Decimal("535.79")


def test_what_was_paid_twice_is_owed(overpaid: Invoice, bram: User) -> None:
    pay(overpaid, "435.79", bram, too_much=True)
    assert open_amount(overpaid) == Decimal("-535.79")
    pay(overpaid, "-535.79", bram)
    assert open_amount(overpaid) == 0


def test_more_than_is_open_is_asked_about_once(office: Client, sent: Invoice) -> None:
    url = reverse("invoicing:payment_record", args=[sent.pk])
    asked = submit(url, client=office, amount="500", method="bank", reference="afschrift 7")
    assert asked.status_code == 422
    assert "€64.21 more than is open" in asked.content.decode()
    assert not Payment.objects.exists()
    answer = submit(asked, client=office, sure_amount="500")
    assert answer.status_code == 302
    assert Payment.objects.get().amount == 500
    sent.refresh_from_db()
    assert sent.status == "paid"


def test_what_a_colleague_recorded_meanwhile_comes_before_the_question(
    office: Client, sent: Invoice, bram: User
) -> None:
    page = office.get(reverse("invoicing:payment_record", args=[sent.pk]))
    pay(sent, "435.79", bram)
    late = submit(page, client=office, amount="435.79")
    assert "Is this another payment?" in late.content.decode()
    asked = submit(late, client=office)
    assert "is then to refund" in asked.content.decode()
    assert submit(asked, client=office, sure_amount="435.79").status_code == 302
    assert open_amount(sent) == Decimal("-435.79")


def test_what_is_owed_pays_another_invoice(overpaid: Invoice, world: MoneyWorld, bram: User) -> None:
    bill = other(world, overpaid, bram)  # € 78.65
    into = payment_set_off(invoice=overpaid, against=bill, by=bram)
    committed()
    bill.refresh_from_db()
    assert (bill.status, *opens(overpaid, bill)) == ("paid", Decimal("-21.35"), 0)
    assert (into.amount, into.taken_from.amount, into.method) == (
        Decimal("78.65"),
        Decimal("-78.65"),
        "set_off",
    )
    assert into.reference == overpaid.number
    verbs = AuditEvent.objects.filter(subject_type="invoicing.invoice").values_list("subject_id", "verb")
    assert {(overpaid.pk, "invoice.set_off"), (bill.pk, "invoice.pay")} <= set(verbs)


def test_it_reaches_no_further_than_what_is_owed(overpaid: Invoice, world: MoneyWorld, bram: User) -> None:
    bill = other(world, overpaid, bram, price="200.00")
    payment_set_off(invoice=overpaid, against=bill, by=bram)
    assert opens(overpaid, bill) == [0, Decimal("142.00")]
    with pytest.raises(Refused, match="Nothing is owed"):
        payment_set_off(invoice=overpaid, against=bill, by=bram)


@pytest.mark.parametrize("half", [0, 1])
def test_what_was_set_off_is_taken_back_on_both(
    half: int, overpaid: Invoice, world: MoneyWorld, bram: User
) -> None:
    bill = other(world, overpaid, bram)
    into = payment_set_off(invoice=overpaid, against=bill, by=bram)
    payment_reverse(payment=[into, into.taken_from][half], by=bram, reason="Toch terugbetalen")
    committed()
    bill.refresh_from_db()
    assert (bill.status, *opens(overpaid, bill)) == ("issued", Decimal(-100), Decimal("78.65"))
    with pytest.raises(Refused, match="already"):
        payment_reverse(payment=[into.taken_from, into][half], by=bram, reason="Nog eens")


def test_only_with_another_open_invoice_of_the_same_customer(
    overpaid: Invoice, world: MoneyWorld, bram: User, cast: Cast
) -> None:
    theirs = invoice_issue(invoice=invoice_draft(work_orders=[world.job()], by=bram), by=bram)
    for wrong in (theirs, overpaid):
        with pytest.raises(Refused, match="same customer"):
            payment_set_off(invoice=overpaid, against=wrong, by=bram)
    bill = other(world, overpaid, bram)
    with pytest.raises(Refused, match="Meanwhile"):
        payment_set_off(invoice=overpaid, against=bill, by=bram, seen=Decimal("-99.00"))
    with pytest.raises(Forbidden):
        payment_set_off(invoice=overpaid, against=bill, by=cast.tim)
    assert Payment.objects.count() == 1


def by_sql(invoice: Invoice, amount: int, taken_from: int | None = None) -> int:
    """A row that no action writes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO invoicing_payment (invoice_id, amount, method, paid_on, reference, taken_from_id, recorded_at)"
            " VALUES (%s, %s, 'set_off', %s, '', %s, %s) RETURNING id",
            [invoice.pk, amount, clock.today(), taken_from, clock.now()],
        )
        return int(cursor.fetchone()[0])


def test_postgres_refuses_half_of_it(overpaid: Invoice) -> None:
    by_sql(overpaid, -100)
    with pytest.raises(IntegrityError, match="no other invoice"):
        committed()


def test_postgres_refuses_the_money_of_another_customer(
    overpaid: Invoice, world: MoneyWorld, bram: User
) -> None:
    theirs = invoice_issue(invoice=invoice_draft(work_orders=[world.job()], by=bram), by=bram)
    by_sql(theirs, 100, taken_from=by_sql(overpaid, -100))
    with pytest.raises(IntegrityError, match="no other invoice"):
        committed()


def test_by_hand(office: Client, overpaid: Invoice, world: MoneyWorld, bram: User) -> None:
    page = office.get(reverse("invoicing:invoice_detail", args=[overpaid.pk]))
    url = reverse("invoicing:payment_set_off", args=[overpaid.pk])
    assert url in page.content.decode()
    assert "No other invoice" in office.get(url).content.decode()
    bill = other(world, overpaid, bram)
    assert submit(url, client=office, press="Set off", against=bill).status_code == 302
    assert opens(overpaid, bill) == [Decimal("-21.35"), 0]
    assert "Set off" in office.get(reverse("invoicing:invoice_detail", args=[bill.pk])).content.decode()
