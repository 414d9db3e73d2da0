"""What an issued invoice looks like on paper, to a customer's eye and to a computer: all from the same rows."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import segno
from django.db.models import QuerySet

from apps.core.together import together
from apps.documents.rendering import pdf_render
from apps.invoicing import rules
from apps.invoicing.einvoice import is_deposit, ubl_write
from apps.invoicing.models import Invoice, InvoiceLine
from apps.pricing.models import VatCategory
from apps.review.models import BillableKind
from apps.workorders.models import WorkOrder


@dataclass(frozen=True)
class Section:
    """The lines of one job under its heading; `work_order` is None for lines that belong to none."""

    work_order: WorkOrder | None
    lines: list[InvoiceLine]


@dataclass(frozen=True)
class Paper:
    """An invoice with everything that is shown of it."""

    invoice: Invoice
    sections: list[Section]
    vat_lines: list[Any]

    @property
    def seller(self) -> dict[str, Any]:
        return self.invoice.seller or {}

    @property
    def buyer(self) -> dict[str, Any]:
        return self.invoice.buyer or {}

    @property
    def lines(self) -> list[InvoiceLine]:
        return [line for section in self.sections for line in section.lines]

    @property
    def reverse_charge(self) -> bool:
        return any(row.category == VatCategory.REVERSE_CHARGE for row in self.vat_lines)

    @property
    def exempt(self) -> bool:
        return any(row.category == VatCategory.EXEMPT for row in self.vat_lines)

    @property
    def is_deposit(self) -> bool:
        """Asks nothing but what is to be paid beforehand."""
        return is_deposit(self.lines)

    @property
    def has_discount(self) -> bool:
        return any(line.discount for line in self.lines)

    @property
    def iban(self) -> str:
        return rules.grouped_iban(self.seller.get("iban", ""))

    @property
    def is_payable(self) -> bool:
        return not self.invoice.is_credit_note and self.invoice.payable > 0


def paper_rows(invoice: Invoice) -> tuple[QuerySet, QuerySet]:
    """What a paper is made of: the lines and the VAT rows."""
    lines = invoice.lines.select_related("work_order__site", "billable", "deducts__invoice").order_by(
        "position", "id"
    )
    return lines, invoice.vat_lines.order_by("-rate", "category")


def paper(invoice: Invoice, rows: tuple[QuerySet, QuerySet] | None = None) -> Paper:
    """An invoice as it is shown. A draft has no VAT rows yet; what it shows are the sums so far.

    `rows` are its `paper_rows` when these were asked already.
    """
    lines, vat_rows = rows or paper_rows(invoice)
    together(lines, vat_rows)
    vat_lines: list[Any] = list(vat_rows)
    if invoice.number is None:
        vat_lines = list(rules.sums(lines).vat_sums)
    return Paper(invoice, _sections(lines), vat_lines)


def items(lines: Iterable[InvoiceLine]) -> list[InvoiceLine]:
    """What was corrected, and its corrections at the same price, as the one line that they are to the customer.

    The rows stay: each claims its own billable.
    """
    found: dict[Any, list[InvoiceLine]] = {}
    for line in lines:
        found.setdefault(_item(line), []).append(line)
    merged = []
    for rows in found.values():
        if len(rows) == 1 or not any(_is_correction(one) for one in rows):
            merged += rows
            continue
        one = copy(rows[0])
        one.quantity = sum((row.quantity for row in rows), Decimal(0))
        one.net = sum((row.net for row in rows), Decimal(0))
        if one.quantity or one.net:
            merged.append(one)
    return sorted(merged, key=lambda one: (one.position, one.pk or 0))


def parts_of(line: InvoiceLine) -> list[InvoiceLine]:
    """The rows of a draft, or an invoice, that are one line to the customer with this one: itself, mostly."""
    rows = line.invoice.lines.select_related("billable").order_by("position", "id")
    found = [one for one in rows if _item(one) == _item(line)]
    return found if any(_is_correction(one) for one in found) else [one for one in found if one == line]


def _item(line: InvoiceLine) -> Any:
    if line.billable is None:
        return line.pk
    asked = (line.unit, line.unit_price, line.discount, line.vat_category, line.vat_rate)
    return (line.billable.corrects_id or line.billable_id, line.live, line.description, *asked)


def _is_correction(line: InvoiceLine) -> bool:
    return line.billable is not None and line.billable.kind == BillableKind.CORRECTION


def _sections(lines: Iterable[InvoiceLine]) -> list[Section]:
    found: dict[int | None, Section] = {}
    for line in items(lines):
        found.setdefault(line.work_order_id, Section(line.work_order, [])).lines.append(line)
    return list(found.values())


def pay_qr(invoice: Invoice, amount: Any) -> segno.QRCode:
    """The code that a bank's app reads: to whom, how much, for which invoice."""
    seller = invoice.seller or {}
    payload = rules.epc_payload(
        name=seller.get("name", ""),
        iban=seller.get("iban", ""),
        bic=seller.get("bic", ""),
        amount=amount,
        text=invoice.number or "",
    )
    return segno.make(payload, error="m", boost_error=False, micro=False, encoding="utf-8")


def invoice_pdf(invoice: Invoice) -> bytes:
    """The invoice or credit note on the letterhead, in the customer's language."""
    shown = paper(invoice)
    template = "documents/credit_note.html" if invoice.is_credit_note else "documents/invoice.html"
    context = {"paper": shown, "invoice": invoice, "letterhead": shown.seller, "buyer": shown.buyer}
    if shown.is_payable:
        context["qr"] = pay_qr(invoice, invoice.payable).png_data_uri(scale=6, border=0)
    return pdf_render(template, context, language=invoice.language)


def invoice_ubl(invoice: Invoice) -> bytes:
    """The e-invoice."""
    shown = paper(invoice)
    return ubl_write(invoice, shown.lines, shown.vat_lines)
