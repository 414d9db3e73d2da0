"""The database knows which invoices are not settled: at every event and back, and whoever writes at the same time."""

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.bookkeeping.actions import package_make
from apps.core import clock
from apps.invoicing.actions import (
    fact_mark,
    invoice_credit,
    invoice_draft,
    invoice_issue,
    payment_record,
    payment_reverse,
    payment_set_off,
)
from apps.invoicing.models import Invoice, Payment
from apps.leaks.actions import leak_write_off, leaks_detect
from apps.leaks.models import Leak
from apps.pipeline.checks import SETTLED, faults
from apps.pipeline.models import PipelineRow, StandingInvoice
from tests.finance.ageing import ages_agree
from tests.money import MoneyWorld, money_world
from tests.pages import submit

NOW = datetime(2027, 1, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def world(db: None) -> Iterator[MoneyWorld]:
    with clock.at(NOW):
        yield money_world()


@pytest.fixture
def bram(cast) -> User:
    return cast.bram


@pytest.fixture
def sent(world: MoneyWorld, bram: User) -> Invoice:
    return made_and_sent(world, bram)


def made_and_sent(world: MoneyWorld, by: User, **fields) -> Invoice:
    """€ 100 and € 20 without VAT, € 145.20 with it."""
    order = world.job(("1", "100.00", "21"), ("1", "20.00", "21"), **fields)
    invoice = invoice_issue(invoice=invoice_draft(work_orders=[order], by=by), by=by)
    fact_mark(invoice=invoice, kind="sent", by=by)
    return invoice


def pay(invoice: Invoice, amount: str, by: User, **fields) -> Payment:
    return payment_record(
        invoice=invoice, amount=D(amount), method="bank", paid_on=date(2027, 1, 19), by=by, **fields
    )


def places(*invoices: Invoice) -> list[str]:
    """Where they stand. What the database keeps is what the view says of all of them, and what the check finds."""
    assert faults() == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT record_id FROM pipeline_invoice ORDER BY 1")
        assert [pk for (pk,) in cursor.fetchall()] == sorted(
            StandingInvoice.objects.values_list("invoice", flat=True)
        )
    rows = PipelineRow.objects.filter(
        record_type="invoicing.invoice", record_id__in=[one.pk for one in invoices]
    )
    return sorted(rows.exclude(place="drafted").values_list("place", flat=True))


def test_a_draft_holds_its_money_otherwise(world: MoneyWorld, bram: User) -> None:
    draft = invoice_draft(work_orders=[world.job()], by=bram)
    assert places(draft) == []
    assert places(invoice_issue(invoice=draft, by=bram)) == ["unsent"]


def test_paid_and_booked_it_is_settled_and_a_payment_that_bounces_brings_it_back(
    sent: Invoice, bram: User
) -> None:
    assert places(sent) == ["sent"]
    pay(sent, "45.20", bram)
    assert places(sent) == ["paid", "sent"]
    last = pay(sent, "100.00", bram)
    assert places(sent) == ["paid"]
    package_make(by=bram)
    assert places(sent) == ["packed"]
    fact_mark(invoice=sent, kind="booked", by=bram)
    assert places(sent) == []
    payment_reverse(payment=last, by=bram, reason="bounced")
    assert places(sent) == ["sent"], "what came in is in the books, the rest is open again"
    pay(sent, "100.00", bram)
    assert places(sent) == []


def test_a_credit_note_settles_what_nobody_paid_and_holds_no_euro_itself(sent: Invoice, bram: User) -> None:
    note = invoice_credit(invoice=sent, by=bram, reason="wrong")
    assert places(sent, note) == []
    leaks_detect(NOW + timedelta(days=90))
    assert not Leak.objects.open().filter(sign=False, subject_type="invoicing.invoice").exists()
    (sign,) = Leak.objects.open().filter(detector="credit_in_no_package")
    assert (sign.sign, sign.target_id, sign.amount) == (True, note.pk, 0)
    package_make(by=bram)
    leaks_detect(NOW + timedelta(days=91))
    assert not Leak.objects.open().filter(detector="credit_in_no_package").exists()


def test_an_old_debt_gets_no_younger_by_what_is_paid_on_top_of_it(sent: Invoice, bram: User) -> None:
    def since() -> datetime:
        return PipelineRow.objects.get(record_type="invoicing.invoice", place="owed").since

    with clock.at(NOW + timedelta(days=1)):
        pay(sent, "245.20", bram, too_much=True)
    assert since() == NOW + timedelta(days=1)
    with clock.at(NOW + timedelta(days=20)):
        more = pay(sent, "1000.00", bram, too_much=True)
    with clock.at(NOW + timedelta(days=21)):
        pay(sent, "-50.00", bram)
    assert since() == NOW + timedelta(days=1)
    with clock.at(NOW + timedelta(days=22)):
        pay(sent, "-1050.00", bram)
    with clock.at(NOW + timedelta(days=23)):
        invoice_credit(invoice=sent, by=bram, reason="wrong", lines=[sent.lines.all()[1]])
    assert since() == NOW + timedelta(days=23), "paid back, and owed anew"
    with clock.at(NOW + timedelta(days=24)):
        payment_reverse(payment=more, by=bram, reason="bounced")
        pay(sent, "10.00", bram)
    assert places(sent) == ["paid", "sent"]


def test_a_written_off_debt_of_ours_opens_again_when_it_grows(sent: Invoice, bram: User) -> None:
    with clock.at(NOW + timedelta(days=1)):
        pay(sent, "270.20", bram, too_much=True)
    leaks_detect(NOW + timedelta(days=30))
    leak = Leak.objects.at_risk().get(detector="owed")
    assert (leak.amount, leak.receivable) == (0, D(-125))
    leak_write_off(leak=leak, by=bram, reason="the customer lets us keep it")
    leaks_detect(NOW + timedelta(days=31))
    leak.refresh_from_db()
    assert leak.status == "written_off"
    with clock.at(NOW + timedelta(days=32)):
        pay(sent, "1000.00", bram, too_much=True)
    leaks_detect(NOW + timedelta(days=33))
    leak.refresh_from_db()
    assert (leak.status, leak.receivable, leak.since) == ("open", D(-1125), NOW + timedelta(days=1))


def test_what_was_paid_and_credited_is_owed_until_it_went_back(sent: Invoice, bram: User) -> None:
    pay(sent, "145.20", bram)
    fact_mark(invoice=sent, kind="booked", by=bram)
    assert places(sent) == []
    first = invoice_credit(invoice=sent, by=bram, reason="wrong", lines=[sent.lines.all()[1]])
    assert places(sent) == ["owed"]
    pay(sent, "-24.20", bram)
    assert places(sent) == []
    invoice_credit(invoice=sent, by=bram, reason="all wrong")
    assert places(sent) == ["owed"]
    refund = pay(sent, "-121.00", bram)
    assert places(sent) == []
    payment_reverse(payment=refund, by=bram, reason="bounced")
    assert places(sent) == ["owed"]
    assert places(first) == []


def test_a_payment_that_bounces_after_credit_and_refund_is_to_come_in(sent: Invoice, bram: User) -> None:
    first = pay(sent, "145.20", bram)
    invoice_credit(invoice=sent, by=bram, reason="wrong")
    assert places(sent) == ["owed"]
    pay(sent, "-145.20", bram)
    assert places(sent) == []
    assert list(Invoice.objects.unpaid()) == []
    payment_reverse(payment=first, by=bram, reason="bounced")
    assert places(sent) == ["sent"]
    row = PipelineRow.objects.get(record_type="invoicing.invoice", record_id=sent.pk)
    assert (row.net, row.gross, row.due) == (0, D("145.20"), sent.due_date)
    assert list(Invoice.objects.unpaid()) == [sent]
    assert Invoice.objects.outstanding(clock.today())[0] == D("145.20")
    long_after = NOW + timedelta(days=90)
    for now in (NOW, long_after):
        ages_agree(now)
    assert Invoice.objects.outstanding(timezone.localdate(long_after)) == (D("145.20"), D("145.20"))
    assert list(Invoice.objects.overdue(timezone.localdate(long_after))) == [sent]
    leaks_detect(long_after)
    leak = Leak.objects.at_risk().get(detector="overdue")
    assert (leak.target_id, leak.receivable) == (sent.pk, D("145.20"))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM pipeline_standinginvoice WHERE invoice_id = %s", [sent.pk])
    assert [one.number for one in faults() if one.kind == SETTLED] == [sent.number]
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO pipeline_standinginvoice (invoice_id) VALUES (%s)", [sent.pk])
    pay(sent, "145.20", bram)
    assert places(sent) == []
    assert list(Invoice.objects.unpaid()) == []


def test_its_page_takes_the_payment_that_comes_after_all(sent: Invoice, bram: User, client_as) -> None:
    first = pay(sent, "145.20", bram)
    invoice_credit(invoice=sent, by=bram, reason="wrong")
    pay(sent, "-145.20", bram)
    payment_reverse(payment=first, by=bram, reason="bounced")
    client = client_as(bram)
    page = client.get(reverse("invoicing:invoice_detail", args=[sent.pk])).content.decode()
    pay_url = reverse("invoicing:payment_record", args=[sent.pk])
    assert pay_url in page
    assert "Partly paid" not in page
    answer = submit(pay_url, client=client, form=pay_url, amount="145.20", paid_on="2027-01-20")
    assert answer.status_code == 302
    assert places(sent) == []


def test_money_set_off_settles_the_one_and_the_other(world: MoneyWorld, sent: Invoice, bram: User) -> None:
    pay(sent, "245.20", bram, too_much=True)
    fact_mark(invoice=sent, kind="booked", by=bram)
    other = made_and_sent(world, bram, customer=sent.customer)
    assert places(sent) == ["owed"]
    into = payment_set_off(invoice=sent, against=other, by=bram)
    assert places(sent) == []
    assert places(other) == ["paid", "sent"]
    payment_reverse(payment=into, by=bram, reason="not agreed")
    assert places(sent) == ["owed"]
    assert places(other) == ["sent"]


def test_what_is_paid_in_part_is_settled_by_crediting_the_rest(sent: Invoice, bram: User) -> None:
    pay(sent, "24.20", bram)
    invoice_credit(invoice=sent, by=bram, reason="wrong", lines=[sent.lines.all()[0]])
    assert places(sent) == ["paid"]
    fact_mark(invoice=sent, kind="booked", by=bram)
    assert places(sent) == []


def test_the_check_finds_what_stands_and_is_left_out_and_what_is_settled_and_looked_at(
    world: MoneyWorld, sent: Invoice, bram: User
) -> None:
    other = made_and_sent(world, bram)
    pay(other, "145.20", bram)
    fact_mark(invoice=other, kind="booked", by=bram)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pipeline_standinginvoice SET invoice_id = %s WHERE invoice_id = %s", [other.pk, sent.pk]
        )
    assert {fault.number for fault in faults() if fault.kind == SETTLED} == {sent.number, other.number}


def test_many_rows_in_one_statement(world: MoneyWorld, bram: User) -> None:
    invoices = [made_and_sent(world, bram) for _n in range(3)]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO invoicing_payment (invoice_id, amount, method, paid_on, reference, recorded_at)"
            " SELECT id, payable, 'bank', issue_date, '', issued_at FROM invoicing_invoice WHERE number IS NOT NULL"
        )
        cursor.execute("UPDATE invoicing_invoice SET status = 'paid' WHERE number IS NOT NULL")
        assert places(*invoices) == ["paid"] * 3
        cursor.execute(
            "INSERT INTO invoicing_invoicefact (invoice_id, kind, at, note)"
            " SELECT id, 'booked', issued_at, '' FROM invoicing_invoice WHERE number IS NOT NULL"
        )
    assert places(*invoices) == []


# A race: real threads, real connections.

TOO_MUCH = (
    "INSERT INTO invoicing_payment (invoice_id, amount, method, paid_on, reference, recorded_at)"
    " VALUES (%s, 10, 'bank', '2027-01-19', '', now())"
)
BOOKED = "INSERT INTO invoicing_invoicefact (invoice_id, kind, at, note) VALUES (%s, 'booked', now(), '')"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_what_is_true_of_both(cast) -> None:
    """Somebody books what is paid while more comes in: who writes last has to see what the other wrote."""
    with clock.at(NOW):
        world = money_world()
        invoices = [made_and_sent(world, cast.bram) for _n in range(2)]
        for one in invoices:
            pay(one, "145.20", cast.bram)
            assert places(one) == ["paid"]

    def book(invoice: Invoice, done: threading.Event) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(BOOKED, [invoice.pk])
        finally:
            done.set()
            connection.close()

    def race(invoice: Invoice) -> bool:
        """Whether the one who books waited for the one who paid."""
        done = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(TOO_MUCH, [invoice.pk])
                booking = pool.submit(book, invoice, done)
                waited = not done.wait(timeout=1)
            booking.result(timeout=30)
        return waited

    def stands(invoice: Invoice) -> bool:
        return StandingInvoice.objects.filter(invoice=invoice).exists()

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('wt_invoice_stands'::regproc)")
        kept = cursor.fetchone()[0]
        cursor.execute(re.sub(r"PERFORM 1 FROM invoicing_invoice.*?;", "", kept))
        try:
            assert not race(invoices[0])
            assert not stands(invoices[0]), "with the lock off, what the customer paid too much is lost"
        finally:
            cursor.execute(kept)

    assert race(invoices[1])
    assert stands(invoices[1])
    assert {fault.number for fault in faults()} == {invoices[0].number}
