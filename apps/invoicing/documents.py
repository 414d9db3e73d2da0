"""What an issued invoice looks like on paper, to a customer's eye and to a computer: all from the same rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import segno
from django.db.models import QuerySet

from apps.core.together import together
from apps.documents.rendering import pdf_render
from apps.invoicing import rules
from apps.invoicing.einvoice import is_deposit, ubl_write
from apps.invoicing.models import Invoice, InvoiceLine
from apps.pricing.models import VatCategory
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


def _sections(lines: Iterable[InvoiceLine]) -> list[Section]:
    found: dict[int | None, Section] = {}
    for line in lines:
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
