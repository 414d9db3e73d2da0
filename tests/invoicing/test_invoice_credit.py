from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from apps.accounts.models import User
from apps.core import clock
from apps.core.refusals import Refused
from apps.invoicing.actions import invoice_credit, invoice_draft, invoice_issue, line_add, payment_record
from apps.invoicing.actions.common import open_amount
from apps.invoicing.documents import invoice_pdf
from apps.invoicing.models import Invoice, LedgerRow, PayLink
from apps.pricing.models import VatCode
from apps.workorders.models import WorkOrder
from tests.money import MoneyWorld


def test_a_whole_credit_mirrors_the_invoice_and_kills_its_pay_link(sent: Invoice, bram: User) -> None:
    note = invoice_credit(invoice=sent, by=bram, reason="Verkeerde klant")
    assert (note.kind, note.number, note.status) == ("credit_note", f"C{clock.today():%y}-0001", "issued")
    assert (note.net, note.vat, note.total) == (sent.net, sent.vat, sent.total)
    assert note.buyer == sent.buyer
    assert sent.status == "credited"
    assert open_amount(sent) == 0
    assert PayLink.objects.get(invoice=sent).killed_at is not None
    assert WorkOrder.objects.get().status == "ready_for_invoicing"


def test_a_credit_of_chosen_lines_releases_exactly_those(sent: Invoice, bram: User) -> None:
    lines = list(sent.lines.all())
    invoice_credit(invoice=sent, by=bram, reason="Niet geleverd", lines=[lines[2]])
    assert [line.live for line in sent.lines.all()] == [True, True, False]
    assert sent.status == "sent"
    assert open_amount(sent) == Decimal("217.79")
    again = invoice_draft(work_orders=[lines[2].work_order], by=bram)
    assert [line.billable_id for line in again.lines.all()] == [lines[2].billable_id]


def test_a_line_is_credited_once(sent: Invoice, bram: User) -> None:
    line = sent.lines.all()[0]
    invoice_credit(invoice=sent, by=bram, reason="Fout", lines=[line])
    with pytest.raises(Refused, match="not credited yet"):
        invoice_credit(invoice=sent, by=bram, reason="Fout", lines=[line])
    note = invoice_credit(invoice=sent, by=bram, reason="De rest ook")
    assert note.lines.count() == 2
    assert sent.status == "credited"


def test_crediting_what_was_not_paid_yet_settles_the_rest(sent: Invoice, bram: User) -> None:
    payment_record(invoice=sent, amount=Decimal("217.79"), method="bank", paid_on=sent.issue_date, by=bram)
    line = sent.lines.all()[2]
    invoice_credit(invoice=sent, by=bram, reason="Niet geleverd", lines=[line])
    assert sent.status == "paid"


def test_a_draft_a_credit_note_and_no_reason_are_refused(draft: Invoice, bram: User) -> None:
    with pytest.raises(Refused, match="Draft"):
        invoice_credit(invoice=draft, by=bram, reason="Fout")
    with pytest.raises(Refused, match="reason"):
        invoice_credit(invoice=draft, by=bram, reason=" ")


def test_a_credit_note_cannot_be_credited(sent: Invoice, bram: User) -> None:
    note = invoice_credit(invoice=sent, by=bram, reason="Fout")
    with pytest.raises(Refused, match="credit note"):
        invoice_credit(invoice=note, by=bram, reason="Toch niet")


def test_the_ledger_balances_at_every_step(world: MoneyWorld, bram: User) -> None:
    """recorded = invoiced + included + written off + open."""
    order = world.job(("2", "65.00", "21"), ("1", "40.00", "21"))

    def ledger() -> tuple[Decimal, ...]:
        row = LedgerRow.objects.get(work_order=order)
        assert row.recorded == row.invoiced + row.included + row.written_off + row.open
        return row.recorded, row.invoiced, row.included, row.open

    recorded, included = Decimal("195.00"), Decimal("25.00")
    assert ledger() == (recorded, Decimal(0), included, Decimal("170.00"))
    draft = invoice_draft(work_orders=[order], by=bram)
    assert ledger() == (recorded, Decimal(0), included, Decimal("170.00"))
    invoice = invoice_issue(invoice=draft, by=bram)
    assert ledger() == (recorded, Decimal("170.00"), included, Decimal(0))
    invoice_credit(invoice=invoice, by=bram, reason="Fout", lines=[invoice.lines.all()[0]])
    assert ledger() == (recorded, Decimal("40.00"), included, Decimal("130.00"))


def test_no_more_is_credited_than_the_invoice_asks(draft: Invoice, bram: User) -> None:
    """A line that takes off is credited with what it was taken off from: nobody is owed what nobody paid."""
    line_add(
        invoice=draft, by=bram, description="Discount", quantity=Decimal(1), unit="C62",
        unit_price=Decimal(-300), vat_code=VatCode.objects.filter(rate=21).earliest("pk"), reason="A friend",
    )  # fmt: skip
    issued = invoice_issue(invoice=draft, by=bram)
    asking = [line for line in issued.lines.all() if line.net > 0]
    with pytest.raises(Refused, match="more than the invoice asks"):
        invoice_credit(invoice=issued, by=bram, reason="wrong", lines=asking)
    issued.refresh_from_db()
    assert (issued.status, issued.credit_notes.count()) == ("issued", 0)
    invoice_credit(invoice=issued, by=bram, reason="wrong")
    issued.refresh_from_db()
    assert issued.status == "credited"


def test_a_long_word_in_the_reason_stays_on_the_paper(sent: Invoice, bram: User) -> None:
    note = invoice_credit(invoice=sent, by=bram, reason="R" * 300)
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(invoice_pdf(note))).pages)
    rows = [row for row in text.splitlines() if "RRR" in row]
    assert sum(len(row) for row in rows) == 300
    assert max(len(row) for row in rows) < 100
