"""The bookkeeper's package, opened and held against the database; and that nothing is left over."""

import csv
import hashlib
import io
import re
import zipfile
from decimal import Decimal

from lxml import etree
from playwright.sync_api import expect
from pypdf import PdfReader

from apps.bookkeeping.models import Package
from apps.intake.models import Request
from apps.invoicing.einvoice import CBC
from apps.invoicing.models import Invoice, InvoiceLine, LedgerRow, Payment, VatLine
from apps.messaging.models import Message
from apps.quotes.models import Quote
from apps.workorders.models import WorkOrder
from tests.browser import fits_a_telephone, go
from tests.e2e.billing import ALL
from tests.e2e.stage import Stage


def package_downloaded(stage: Stage) -> None:
    page, invoice = stage.office, Invoice.objects.get()
    go(page, "/bookkeeping/")
    expect(page.get_by_role("row", name=re.compile(invoice.number))).to_contain_text(ALL)
    page.get_by_role("button", name="Make the package").click()
    package = page.get_by_role("link", name="Download ZIP")
    with page.expect_download() as given:
        package.click()
    made = Package.objects.get()
    assert given.value.suggested_filename == f"{made.number}.zip"
    with open(given.value.path(), "rb") as file:
        content = file.read()
    assert hashlib.sha256(content).hexdigest() == made.sha256
    expect(page.locator("main")).to_contain_text(made.sha256)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        index_is_right(packed, made)
        tables_are_right(packed, invoice)
        documents_are_right(packed, invoice)
    go(page, "/bookkeeping/")
    expect(page.locator("#ready")).to_contain_text("Nothing new to export")
    assert fits_a_telephone(page)


def rows(packed: zipfile.ZipFile, name: str) -> list[list[str]]:
    """The rows of a table, without its heading."""
    text = packed.read(name).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))[1:]


def amounts(found: list[list[str]], column: int) -> list[Decimal]:
    return [Decimal(row[column].replace(",", ".")) for row in found]


def index_is_right(packed: zipfile.ZipFile, made: Package) -> None:
    index = {row[0]: row for row in rows(packed, "index.csv")}
    assert {*index, "index.csv"} == set(packed.namelist())
    for name, row in index.items():
        assert (len(packed.read(name)), hashlib.sha256(packed.read(name)).hexdigest()) == (
            int(row[5]),
            row[6],
        )
    totals = [Decimal(text.replace(",", ".")) for text in index["invoices.csv"][2:5]]
    assert totals == [made.net, made.vat, made.total]


def tables_are_right(packed: zipfile.ZipFile, invoice: Invoice) -> None:
    ((number, *others),) = rows(packed, "invoices.csv")
    assert (number, others[4], others[7]) == (invoice.number, "H. Vermeer", WorkOrder.objects.get().number)
    assert amounts([others], 10) == [invoice.total]
    lines = InvoiceLine.objects.filter(invoice=invoice).order_by("position")
    assert [row[3] for row in rows(packed, "lines.csv")] == [line.description for line in lines]
    assert amounts(rows(packed, "lines.csv"), 10) == [line.net for line in lines]
    vat = VatLine.objects.get(invoice=invoice)
    assert [amounts(rows(packed, "vat.csv"), column) for column in (2, 3, 4)] == [
        [vat.rate],
        [vat.base],
        [vat.vat],
    ]
    paid = list(Payment.objects.order_by("pk").values_list("amount", flat=True))
    assert amounts(rows(packed, "payments.csv"), 3) == paid == [1000, 1000, Decimal("378.98")]
    assert rows(packed, "outstanding.csv") == []


def documents_are_right(packed: zipfile.ZipFile, invoice: Invoice) -> None:
    text = PdfReader(io.BytesIO(packed.read(f"pdf/{invoice.number}.pdf"))).pages[0].extract_text()
    assert invoice.number in text
    assert "2,378.98" in text
    ubl = etree.fromstring(packed.read(f"ubl/{invoice.number}.xml"))
    assert ubl.findtext(f"{{{CBC}}}ID") == invoice.number
    assert ubl.findtext(f".//{{{CBC}}}PayableAmount") == str(invoice.payable)
    assert ubl.findtext(f".//{{{CBC}}}TaxAmount") == str(invoice.vat)
    named = ubl.findall(f".//{{{CBC}}}LineExtensionAmount")
    assert sum(Decimal(one.text or "") for one in named[1:]) == Decimal(named[0].text or "") == invoice.net
    overview = PdfReader(io.BytesIO(packed.read("overview.pdf"))).pages[0].extract_text()
    assert invoice.number in overview


def everything_adds_up(stage: Stage) -> None:
    order, invoice, asked = WorkOrder.objects.get(), Invoice.objects.get(), Request.objects.get()
    assert (asked.status, Quote.objects.get().status) == ("ordered", "accepted")
    assert (order.status, invoice.status) == ("invoiced", "paid")
    assert (order.request, Quote.objects.get().work_order) == (asked, order)
    ledger = LedgerRow.objects.get(pk=order.pk)
    assert (
        ledger.recorded
        == ledger.invoiced + ledger.included + ledger.written_off + ledger.corrected + ledger.open
    )
    assert ledger.open == 0
    assert (invoice.net, invoice.vat, invoice.total) == (
        Decimal("1966.10"), Decimal("412.88"), Decimal("2378.98")
    )  # fmt: skip
    assert Package.objects.get().total == invoice.total
    stage.work()
    assert set(Message.objects.values_list("status", flat=True)) == {"sent"}
    assert Message.objects.count() == len(stage.mails)
