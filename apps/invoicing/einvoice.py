"""The e-invoice: UBL 2.1 after EN 16931, written from the stored rows of an issued invoice and from nothing else.

A business with an address on the Peppol network gets Peppol BIS Billing 3, everyone else the plain European
profile. BT and BG numbers are those of EN 16931.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from lxml import etree

from apps.core import formats
from apps.core.money import cents
from apps.invoicing.models import Invoice, InvoiceLine, VatLine
from apps.pricing.models import VatCategory
from apps.review.models import BillableKind

CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
EUR = "EUR"
EN_16931 = "urn:cen.eu:en16931:2017"
PEPPOL = f"{EN_16931}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PEPPOL_PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
COMMERCIAL_INVOICE, CREDIT_NOTE, PREPAYMENT_INVOICE = "380", "381", "386"
CREDIT_TRANSFER = "30"
KVK_SCHEME = "0106"
# Electronic address schemes for VAT numbers, per country.
VAT_SCHEMES = {"NL": "9944", "BE": "9925", "DE": "9930", "LU": "9938"}
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Party = Mapping[str, Any]


class Writer:
    """An element that grows children in the order in which UBL wants them."""

    def __init__(self, element: Any) -> None:
        self.element = element

    def add(self, tag: str, value: Any, **attributes: str) -> None:
        """A basic component: text."""
        child = etree.SubElement(self.element, f"{{{CBC}}}{tag}", attributes)
        child.text = _FORBIDDEN.sub("", str(value))

    def amount(self, tag: str, value: Decimal) -> None:
        self.add(tag, f"{value:.2f}", currencyID=EUR)

    def group(self, *tags: str) -> "Writer":
        """An aggregate component, or one inside another."""
        element = self.element
        for tag in tags:
            element = etree.SubElement(element, f"{{{CAC}}}{tag}")
        return Writer(element)


def ubl_write(invoice: Invoice, lines: Sequence[InvoiceLine], vat_lines: Sequence[VatLine]) -> bytes:
    """The e-invoice or e-credit-note of an issued invoice."""
    seller, buyer = invoice.seller or {}, invoice.buyer or {}
    kind = "CreditNote" if invoice.is_credit_note else "Invoice"
    namespace = f"urn:oasis:names:specification:ubl:schema:xsd:{kind}-2"
    root = etree.Element(f"{{{namespace}}}{kind}", nsmap={None: namespace, "cac": CAC, "cbc": CBC})
    out = Writer(root)
    with translation.override(invoice.language):
        _head(out, invoice, lines, on_peppol=bool(_endpoint(seller) and _endpoint(buyer)))
        _party(out.group("AccountingSupplierParty", "Party"), seller)
        _party(out.group("AccountingCustomerParty", "Party"), buyer)
        if invoice.delivered_on:
            out.group("Delivery").add("ActualDeliveryDate", invoice.delivered_on)
        _payment(out, invoice, seller)
        _vat(out, invoice, vat_lines)
        _totals(out, invoice)
        for number, line in enumerate(lines, 1):
            _line(out, kind, number, line)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _head(out: Writer, invoice: Invoice, lines: Sequence[InvoiceLine], *, on_peppol: bool) -> None:
    out.add("CustomizationID", PEPPOL if on_peppol else EN_16931)  # BT-24
    if on_peppol:
        out.add("ProfileID", PEPPOL_PROCESS)
    out.add("ID", invoice.number)
    out.add("IssueDate", invoice.issue_date)
    if invoice.is_credit_note:
        out.add("CreditNoteTypeCode", CREDIT_NOTE)
    else:
        out.add("DueDate", invoice.due_date)
        out.add("InvoiceTypeCode", PREPAYMENT_INVOICE if is_deposit(lines) else COMMERCIAL_INVOICE)
    if invoice.note.strip():
        out.add("Note", invoice.note.strip())
    out.add("DocumentCurrencyCode", EUR)
    # BT-10 is obligatory on Peppol; a customer who gave no reference is referred to by our number.
    out.add("BuyerReference", invoice.reference.strip() or invoice.number)
    earlier = [invoice.credits] if invoice.credits else [one.deducts.invoice for one in lines if one.deducts]
    for one in dict.fromkeys(earlier):  # BG-3: what is credited, or was asked beforehand
        referred = out.group("BillingReference", "InvoiceDocumentReference")
        referred.add("ID", one.number)
        referred.add("IssueDate", one.issue_date)


def is_deposit(lines: Sequence[InvoiceLine]) -> bool:
    """Nothing but what is to be paid beforehand."""
    return all(
        one.billable and one.billable.kind == BillableKind.DEPOSIT and not one.deducts for one in lines
    )


def _endpoint(party: Party) -> tuple[str, str] | None:
    """Where a business receives e-invoices, with the scheme of that address; None for a private person."""
    if party.get("kvk_number"):
        return party["kvk_number"], KVK_SCHEME
    vat_number = _bare(party.get("vat_number", ""))
    scheme = VAT_SCHEMES.get(vat_number[:2])
    return (vat_number, scheme) if scheme else None


def _bare(number: str) -> str:
    return "".join(c for c in number if c.isalnum()).upper()


def _party(out: Writer, party: Party) -> None:
    if endpoint := _endpoint(party):
        out.add("EndpointID", endpoint[0], schemeID=endpoint[1])
    out.group("PartyName").add("Name", party["name"])
    address = out.group("PostalAddress")
    address.add("StreetName", party["street_line"])
    address.add("CityName", party["city"])
    address.add("PostalZone", party["postal_code"])
    address.group("Country").add("IdentificationCode", party["country"])
    if party.get("vat_number"):
        tax = out.group("PartyTaxScheme")
        tax.add("CompanyID", _bare(party["vat_number"]))
        tax.group("TaxScheme").add("ID", "VAT")
    legal = out.group("PartyLegalEntity")
    legal.add("RegistrationName", party["name"])
    if party.get("kvk_number"):
        legal.add("CompanyID", party["kvk_number"], schemeID=KVK_SCHEME)
    if party.get("email") or party.get("phone"):
        contact = out.group("Contact")
        if party.get("phone"):
            contact.add("Telephone", party["phone"])
        if party.get("email"):
            contact.add("ElectronicMail", party["email"])


def _payment(out: Writer, invoice: Invoice, seller: Party) -> None:
    means = out.group("PaymentMeans")  # BG-16
    means.add("PaymentMeansCode", CREDIT_TRANSFER)
    means.add("PaymentID", invoice.number)
    account = means.group("PayeeFinancialAccount")
    account.add("ID", _bare(seller["iban"]))
    account.add("Name", seller["name"])
    if seller.get("bic"):
        account.group("FinancialInstitutionBranch").add("ID", _bare(seller["bic"]))
    terms = _("The amount is set off or paid back.")
    if not invoice.is_credit_note:
        terms = _("To be paid by %(date)s, with reference %(number)s.") % {
            "date": formats.day_on_paper(invoice.due_date),
            "number": invoice.number,
        }
    out.group("PaymentTerms").add("Note", terms)


def _vat(out: Writer, invoice: Invoice, vat_lines: Sequence[VatLine]) -> None:
    total = out.group("TaxTotal")
    total.amount("TaxAmount", invoice.vat)
    for row in vat_lines:  # BG-23
        part = total.group("TaxSubtotal")
        part.amount("TaxableAmount", row.base)
        part.amount("TaxAmount", row.vat)
        category = part.group("TaxCategory")
        category.add("ID", row.category)
        category.add("Percent", f"{row.rate:.2f}")
        if row.category == VatCategory.REVERSE_CHARGE:
            category.add("TaxExemptionReasonCode", "VATEX-EU-AE")
            category.add("TaxExemptionReason", _("VAT reverse-charged (btw verlegd)"))
        elif row.category == VatCategory.EXEMPT:
            category.add("TaxExemptionReason", _("Exempt from VAT"))
        category.group("TaxScheme").add("ID", "VAT")


def _totals(out: Writer, invoice: Invoice) -> None:
    total = out.group("LegalMonetaryTotal")  # BG-22
    total.amount("LineExtensionAmount", invoice.net)
    total.amount("TaxExclusiveAmount", invoice.net)
    total.amount("TaxInclusiveAmount", invoice.total)
    if invoice.prepaid:
        total.amount("PrepaidAmount", invoice.prepaid)
    total.amount("PayableAmount", invoice.payable)


def _line(out: Writer, kind: str, number: int, line: InvoiceLine) -> None:
    # A price may not be below zero (BR-27): a line that takes off has a quantity below zero instead.
    sign = -1 if line.unit_price < 0 else 1
    row = out.group(f"{kind}Line")  # BG-25
    row.add("ID", number)
    quantity_tag = "InvoicedQuantity" if kind == "Invoice" else "CreditedQuantity"
    row.add(quantity_tag, f"{(sign * line.quantity).normalize():f}", unitCode=line.unit)
    row.amount("LineExtensionAmount", line.net)
    discount = cents(line.quantity * line.unit_price) - line.net
    if discount:
        allowance = row.group("AllowanceCharge")  # BG-27, or BG-28 when it adds
        allowance.add("ChargeIndicator", "true" if discount < 0 else "false")
        allowance.add("AllowanceChargeReason", _("Discount"))
        allowance.amount("Amount", abs(discount))
    item = row.group("Item")
    item.add("Name", " ".join(line.description.split()) or "-")
    category = item.group("ClassifiedTaxCategory")
    category.add("ID", line.vat_category)
    category.add("Percent", f"{line.vat_rate:.2f}")
    category.group("TaxScheme").add("ID", "VAT")
    row.group("Price").add("PriceAmount", f"{(sign * line.unit_price).normalize():f}", currencyID=EUR)
