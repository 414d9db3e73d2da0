import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from apps.accounts.models import User
from apps.company.actions import company_set
from apps.core import clock
from apps.core.models import AuditEvent
from apps.core.refusals import Forbidden, Refused
from apps.invoicing.actions import common as common_actions
from apps.invoicing.actions import documents_make, invoice_draft, invoice_issue, issuing, line_add
from apps.invoicing.models import Invoice, InvoiceDocument
from apps.review.actions import billable_correct
from apps.review.models import Billable, Fate
from apps.workorders.models import WorkOrder
from tests.conftest import Cast
from tests.money import MoneyWorld, money_world


def test_who_waits_over_new_years_midnight_has_one_year(draft: Invoice, bram: User, monkeypatch) -> None:
    """The number waits for a colleague who issues; the date was read before."""
    take = issuing.number_take

    def late(series: str, **more: Any) -> str:
        with clock.at(datetime(2026, 12, 31, 23, 0, 1, tzinfo=UTC)):
            return take(series, **more)

    monkeypatch.setattr(issuing, "number_take", late)
    with clock.at(datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)):
        invoice = invoice_issue(invoice=draft, by=bram)
    assert (str(invoice.issue_date), invoice.number) == ("2026-12-31", "F26-0001")


def test_it_gets_number_dates_totals_and_both_parties(draft: Invoice, bram: User) -> None:
    with clock.at(datetime(2026, 3, 2, 9, tzinfo=UTC)):
        invoice = invoice_issue(invoice=draft, by=bram)
    invoice.refresh_from_db()
    assert invoice.number == "F26-0001"
    assert invoice.status == "issued"
    assert (str(invoice.issue_date), str(invoice.due_date)) == ("2026-03-02", "2026-03-16")
    # 179.99 at 21 % is 37.7979, 200.00 at 9 % is 18.00
    assert (invoice.net, invoice.vat, invoice.total) == (
        Decimal("379.99"),
        Decimal("55.80"),
        Decimal("435.79"),
    )
    assert [(row.rate, row.base, row.vat) for row in invoice.vat_lines.all()] == [
        (Decimal(21), Decimal("179.99"), Decimal("37.80")),
        (Decimal(9), Decimal("200.00"), Decimal("18.00")),
    ]
    assert invoice.seller["iban"] == "NL91ABNA0417164300"
    assert invoice.buyer["name"] == "Familie de Vries"


def test_its_work_orders_become_invoiced(draft: Invoice, bram: User) -> None:
    invoice_issue(invoice=draft, by=bram)
    assert WorkOrder.objects.get().status == "invoiced"
    assert AuditEvent.objects.filter(verb="workorder.invoice", actor=bram).count() == 1


def test_a_job_with_work_still_to_invoice_stays_ready(world: MoneyWorld, bram: User) -> None:
    order = world.job()
    draft = invoice_draft(work_orders=[order], by=bram)
    sold = Billable.objects.get(work_order=order, fate=Fate.BILLABLE)
    billable_correct(billable=sold, by=bram, reason="three hours, after all", quantity=Decimal(3))
    invoice_issue(invoice=draft, by=bram)
    order.refresh_from_db()
    assert order.status == "ready_for_invoicing"


def test_it_cannot_be_issued_twice(issued: Invoice, bram: User) -> None:
    with pytest.raises(Refused, match="is no longer a draft: it"):
        invoice_issue(invoice=issued, by=bram)


def test_a_technician_may_not(draft: Invoice, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        invoice_issue(invoice=draft, by=cast.tim)


def test_reverse_charge_needs_the_customers_vat_number(world: MoneyWorld, bram: User) -> None:
    draft = invoice_draft(work_orders=[world.job(("1", "100", "AE"))], by=bram)
    with pytest.raises(Refused, match="VAT number"):
        invoice_issue(invoice=draft, by=bram)
    assert not Invoice.objects.issued().exists()


def test_the_company_must_be_complete(world: MoneyWorld, draft: Invoice, bram: User) -> None:
    company_set(by=bram, iban="")
    with pytest.raises(Refused, match="IBAN"):
        invoice_issue(invoice=draft, by=bram)


def test_below_zero_is_refused(world: MoneyWorld, bram: User) -> None:
    draft = invoice_draft(work_orders=[world.job()], by=bram)
    line_add(
        invoice=draft, by=bram, description="Korting", quantity=Decimal(-1), unit="C62", unit_price=Decimal(500),
        vat_code=world.vat["21"], reason="A friend",
    )  # fmt: skip
    with pytest.raises(Refused, match="below zero"):
        invoice_issue(invoice=draft, by=bram)


def test_its_documents_are_made_once(issued: Invoice, bram: User) -> None:
    first = documents_make(invoice=issued)
    again = documents_make(invoice=issued)
    assert first.pk == again.pk
    assert (first.pdf.content_type, first.ubl.content_type) == ("application/pdf", "application/xml")
    assert InvoiceDocument.objects.count() == 1


def test_a_draft_has_no_documents(draft: Invoice) -> None:
    with pytest.raises(Refused, match="A draft has no documents yet"):
        documents_make(invoice=draft)


# Races: real threads, real connections.


def in_parallel(count: int, work: Callable[[int], object]) -> list[object]:
    """Run `work` in as many threads at once; what each returned or raised."""
    gate = threading.Barrier(count)

    def one(number: int) -> object:
        try:
            gate.wait(timeout=30)
            return work(number)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@pytest.mark.django_db(transaction=True)
def test_sixteen_at_once_issue_one_invoice(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    world, bram = money_world(), cast.bram
    frozen: list[int] = []
    freeze = issuing.freeze

    def counted(invoice: Invoice, **more: Any) -> None:
        frozen.append(invoice.pk)
        freeze(invoice, **more)

    monkeypatch.setattr(issuing, "freeze", counted)

    def race() -> list[object]:
        draft = invoice_draft(work_orders=[world.job()], by=bram)
        frozen.clear()
        return in_parallel(16, lambda _n: invoice_issue(invoice=Invoice.objects.get(pk=draft.pk), by=bram))

    # With the lock off several find the draft theirs to issue; only the database's own refusals save the day.
    with monkeypatch.context() as unlocked:
        unlocked.setattr(
            common_actions, "version_lock", lambda invoice, _version: Invoice.objects.get(pk=invoice.pk)
        )
        for _chance in range(10):  # how many are in the door at once is up to the machine
            race()
            if len(frozen) > 1:
                break
        assert len(frozen) > 1

    outcomes = race()
    assert len(frozen) == 1
    assert [type(one) for one in outcomes].count(Invoice) == 1
    assert all(isinstance(one, Invoice | Refused) for one in outcomes)
    numbers = sorted(Invoice.objects.issued().values_list("number", flat=True))
    assert [number[4:] for number in numbers] == ["0001", "0002"]


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_whoever_rolls_back(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    world, bram = money_world(), cast.bram
    customer = world.customer()
    dice = random.Random(26)

    class Unlucky(Exception):
        pass

    def drafts(count: int) -> list[tuple[Invoice, bool]]:
        return [
            (invoice_draft(work_orders=[world.job(customer=customer)], by=bram), dice.random() < 0.4)
            for _n in range(count)
        ]

    def race(pairs: list[tuple[Invoice, bool]]) -> list[object]:
        def work(number: int) -> object:
            draft, fails = pairs[number]
            with transaction.atomic():
                invoice_issue(invoice=draft, by=bram)
                if fails:
                    raise Unlucky
            return draft

        return in_parallel(len(pairs), work)

    # Without the series' row lock, MAX + 1 gives the same number to several.
    def naive(_series: str, **_more: Any) -> str:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(max(substr(number, 5)::int), 0) + 1 FROM invoicing_invoice WHERE number IS NOT NULL"
            )
            return f"X26-{cursor.fetchone()[0]:04}"

    with monkeypatch.context() as unlocked:
        unlocked.setattr(issuing, "number_take", naive)
        collided = race(drafts(8))
        assert any(isinstance(one, IntegrityError) for one in collided)

    before = set(Invoice.objects.issued().values_list("pk", flat=True))
    pairs = drafts(8) + drafts(8)
    outcomes = race(pairs[:8]) + race(pairs[8:])
    expected = sum(not fails for _draft, fails in pairs)
    assert sum(isinstance(one, Unlucky) for one in outcomes) == len(pairs) - expected
    numbers = sorted(Invoice.objects.issued().exclude(pk__in=before).values_list("number", flat=True))
    assert [int(number[4:]) for number in numbers] == list(range(1, expected + 1))


@pytest.mark.django_db(transaction=True)
def test_two_drafts_at_once_of_the_same_job_make_one(cast: Cast) -> None:
    world = money_world()
    order = world.job()
    outcomes = in_parallel(8, lambda _n: invoice_draft(work_orders=[order], by=cast.bram))
    assert [type(one) for one in outcomes].count(Invoice) == 1
    assert Invoice.objects.count() == 1
