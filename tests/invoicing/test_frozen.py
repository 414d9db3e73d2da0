"""What Postgres itself refuses, whoever asks and in whatever way."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from apps.accounts.models import User
from apps.core.database import OFFICE, as_role
from apps.invoicing.actions import documents_make, fact_mark, invoice_draft, invoice_issue, payment_record
from apps.invoicing.models import Invoice, InvoiceDocument, InvoiceFact, InvoiceLine, Payment, VatLine
from tests.money import MoneyWorld

ROLES = [None, OFFICE]


def sql(statement: str, *values: Any) -> Callable[[], object]:
    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    return run


def refused(attempt: Callable[[], object], role: str | None) -> bool:
    """Whether the attempt, in the role (None: the owner of the tables), meets a database error."""
    try:
        with transaction.atomic():
            if role is None:
                attempt()
            else:
                with as_role(role):
                    attempt()
    except DatabaseError:
        return True
    return False


def save(row: Any, **changes: Any) -> Callable[[], object]:
    def run() -> None:
        copy = type(row).objects.get(pk=row.pk)
        for name, value in changes.items():
            setattr(copy, name, value)
        copy.save()

    return run


@pytest.mark.parametrize("role", ROLES)
def test_an_issued_invoice_refuses_every_change(issued: Invoice, role: str | None) -> None:
    mine = Invoice.objects.filter(pk=issued.pk)
    assert refused(save(issued, note="anders"), role)
    assert refused(lambda: mine.update(total=Decimal(1)), role)
    assert refused(lambda: mine.update(number=None, status="draft"), role)
    assert refused(lambda: mine.update(status="draft"), role)
    assert refused(lambda: mine.update(status="cancelled"), role)
    assert refused(lambda: Invoice.objects.bulk_update([issued_copy(issued)], ["note"]), role)
    assert refused(sql("UPDATE invoicing_invoice SET seller = '{}' WHERE id = %s", issued.pk), role)
    assert refused(sql("UPDATE invoicing_invoice SET due_date = due_date + 1 WHERE id = %s", issued.pk), role)
    assert refused(mine.delete, role)
    assert refused(sql("DELETE FROM invoicing_invoice WHERE id = %s", issued.pk), role)
    fresh = Invoice.objects.get(pk=issued.pk)
    assert (fresh.note, fresh.status, fresh.total) == ("", "issued", issued.total)


def issued_copy(invoice: Invoice) -> Invoice:
    copy = Invoice.objects.get(pk=invoice.pk)
    copy.note = "in bulk"
    return copy


@pytest.mark.parametrize("role", ROLES)
def test_its_lines_refuse_every_change(issued: Invoice, role: str | None) -> None:
    line = issued.lines.first()
    vat = issued.vat_lines.first()
    lines, vats = InvoiceLine.objects.filter(invoice=issued), VatLine.objects.filter(invoice=issued)
    extra = {"invoice": issued, "position": 9, "description": "x", "quantity": 1, "unit": "C62", "unit_price": 1,
             "vat_category": "S", "vat_rate": 21, "net": 1}  # fmt: skip
    assert refused(save(line, net=Decimal(1)), role)
    assert refused(lambda: lines.update(description="x"), role)
    assert refused(lambda: lines.update(live=False, description="x"), role)
    assert refused(lambda: InvoiceLine.objects.create(**extra), role)
    assert refused(lambda: InvoiceLine.objects.bulk_create([InvoiceLine(**extra)]), role)
    assert refused(sql("UPDATE invoicing_invoiceline SET invoice_id = 0 WHERE id = %s", line.pk), role)
    assert refused(lines.delete, role)
    assert refused(save(vat, vat=Decimal(1)), role)
    assert refused(lambda: vats.update(base=Decimal(1)), role)
    assert refused(lambda: VatLine.objects.create(invoice=issued, category="Z", rate=0, base=1, vat=0), role)
    assert refused(vats.delete, role)
    assert refused(sql("DELETE FROM invoicing_vatline WHERE id = %s", vat.pk), role)


def test_a_line_can_be_released_and_never_claimed_again(issued: Invoice) -> None:
    lines = InvoiceLine.objects.filter(invoice=issued)
    assert not refused(lambda: lines.update(live=False), OFFICE)
    assert refused(lambda: lines.update(live=True), OFFICE)


@pytest.mark.parametrize("role", ROLES)
def test_payments_facts_and_documents_are_append_only(sent: Invoice, bram: User, role: str | None) -> None:
    payment_record(invoice=sent, amount=Decimal("1"), method="bank", paid_on=sent.issue_date, by=bram)
    fact_mark(invoice=sent, kind="delivered", by=bram)
    documents_make(invoice=sent)
    for model, changes in [
        (Payment, {"amount": Decimal(2)}),
        (InvoiceFact, {"note": "x"}),
        (InvoiceDocument, {"invoice_id": sent.pk}),
    ]:
        rows: Any = model.objects.filter(invoice=sent)
        assert rows.exists()
        assert refused(lambda rows=rows, changes=changes: rows.update(**changes), role)
        assert refused(save(rows.first(), **changes), role)
        assert refused(rows.delete, role)


def test_totals_that_differ_from_the_lines_cannot_be_issued(draft: Invoice) -> None:
    VatLine.objects.create(invoice=draft, category="S", rate=21, base=Decimal("179.99"), vat=Decimal("37.80"))
    VatLine.objects.create(invoice=draft, category="S", rate=9, base=Decimal("200.00"), vat=Decimal("18.00"))
    right = {"net": "379.99", "vat": "55.80", "total": "435.79", "payable": "435.79"}
    base = {
        "number": "F99-0001",
        "seller": {},
        "buyer": {},
        "issued_at": "2026-01-01T00:00Z",
        "issue_date": "2026-01-01",
    }
    mine = Invoice.objects.filter(pk=draft.pk)
    for wrong in (
        {"net": "379.98", "total": "435.78", "payable": "435.78"},
        {"total": "435.80"},
        {"vat": "55.81"},
    ):
        assert refused(lambda wrong=wrong: mine.update(status="issued", **base, **(right | wrong)), None)
    assert not refused(lambda: mine.update(status="issued", **base, **right), None)


def test_vat_rounded_per_line_cannot_be_issued(world: MoneyWorld, bram: User) -> None:
    """Three lines of 0.33: VAT per line would be 3 × 0.07, once over the sum it is 0.21; 0.22 is refused."""
    draft = invoice_draft(work_orders=[world.job(*[("1", "0.33", "21")] * 3)], by=bram)
    VatLine.objects.create(invoice=draft, category="S", rate=21, base=Decimal("0.99"), vat=Decimal("0.22"))
    values = {"number": "F99-0002", "seller": {}, "buyer": {}, "issued_at": "2026-01-01T00:00Z", "issue_date": "2026-01-01",
                  "net": "0.99", "vat": "0.22", "total": "1.21", "payable": "1.21", "status": "issued"}  # fmt: skip
    assert refused(lambda: Invoice.objects.filter(pk=draft.pk).update(**values), None)


def test_nothing_is_born_issued_and_no_draft_keeps_a_number(draft: Invoice, world: MoneyWorld) -> None:
    assert refused(
        lambda: Invoice.objects.create(customer=draft.customer, language="nl", status="sent", number="F99-1",
                                       issued_at="2026-01-01T00:00Z", issue_date="2026-01-01", seller={}, buyer={}),
        None,
    )  # fmt: skip
    values = {
        "number": "F99-0003",
        "seller": {},
        "buyer": {},
        "issued_at": "2026-01-01T00:00Z",
        "issue_date": "2026-01-01",
    }

    def numbered_draft() -> None:
        Invoice.objects.filter(pk=draft.pk).update(**values)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert refused(numbered_draft, None)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_the_status_follows_only_the_allowed_pairs(issued: Invoice, bram: User) -> None:
    mine = Invoice.objects.filter(pk=issued.pk)
    assert not refused(lambda: mine.update(status="sent", version=7), OFFICE)
    assert refused(lambda: mine.update(status="issued"), OFFICE)
    assert not refused(lambda: mine.update(status="credited"), OFFICE)
    assert refused(lambda: mine.update(status="sent"), OFFICE)


def test_an_invoice_at_issue_holds_both_parties_as_they_were(
    issued: Invoice, world: MoneyWorld, bram: User
) -> None:
    world.company.name = "Nieuwe naam B.V."
    world.company.save()
    customer = issued.customer
    customer.name = "Verhuisd"
    customer.save()
    fresh = Invoice.objects.get(pk=issued.pk)
    assert fresh.seller["name"] == "Van der Meer Installatie B.V."
    assert fresh.buyer["name"] == "Familie de Vries"
    other = invoice_issue(invoice=invoice_draft(work_orders=[world.job(customer=customer)], by=bram), by=bram)
    assert (other.seller["name"], other.buyer["name"]) == ("Nieuwe naam B.V.", "Verhuisd")
