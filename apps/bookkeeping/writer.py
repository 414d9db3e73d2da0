"""The package as one ZIP: tables as CSV and as a workbook, documents, and an index with the hash of each file."""

import csv
import hashlib
import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font

from apps.bookkeeping.content import Content, Table, sign
from apps.company.models import Company
from apps.core.actors import Actor
from apps.core.exports import harmless
from apps.documents.rendering import pdf_render
from apps.invoicing.actions import documents_make
from apps.invoicing.documents import invoice_ubl
from apps.invoicing.models import Invoice, InvoiceDocument


class Archive:
    """A ZIP in the making that remembers what is in it."""

    def __init__(self) -> None:
        self.out = io.BytesIO()
        self.zip = zipfile.ZipFile(self.out, "w", zipfile.ZIP_DEFLATED)
        self.index: list[list[Any]] = []

    def add(
        self, name: str, content: bytes, *, rows: Any = "", net: Any = "", vat: Any = "", total: Any = ""
    ) -> None:
        self.zip.writestr(name, content)
        self.index.append([name, rows, net, vat, total, len(content), hashlib.sha256(content).hexdigest()])

    def close(self, number: str) -> bytes:
        """Write the index, first in the reader's eye though last in the file, and end the archive."""
        heading = [_("file"), _("rows"), _("net"), _("VAT"), _("total"), _("bytes"), "sha256"]
        table = Table("index", heading, [[*row] for row in self.index])
        self.zip.writestr("index.csv", csv_bytes(table))
        self.zip.comment = number.encode()
        self.zip.close()
        return self.out.getvalue()


def package_write(
    content: Content, *, number: str, contents: frozenset[str], company: Company, made_at: datetime, by: Actor
) -> bytes:
    """The bytes of the package."""
    archive = Archive()
    sums = content.sums
    for table in content.tables:
        money = {"net": sums.net, "vat": sums.vat, "total": sums.total} if table.name == "invoices" else {}
        archive.add(f"{table.name}.csv", csv_bytes(table), rows=len(table.rows), **money)
    if "overview" in contents:
        archive.add("overview.xlsx", xlsx_bytes(content.tables))
        context = {
            "letterhead": company,
            "number": number,
            "made_at": made_at,
            "made_by": by.actor_label,
            "content": content,
            "rows": [{"invoice": one, "sign": sign(one)} for one in content.invoices],
        }
        archive.add("overview.pdf", pdf_render("documents/package.html", context, language=company.language))
    made = _documents(content.invoices) if {"pdf", "ubl"} & contents else {}
    for invoice in content.invoices:
        if "pdf" in contents:
            document = made.get(invoice.pk) or documents_make(invoice=invoice, by=by)
            made[invoice.pk] = document
            archive.add(f"pdf/{invoice.number}.pdf", _read(document.pdf.path))
        if "ubl" in contents:
            stored = made.get(invoice.pk)
            ubl = _read(stored.ubl.path) if stored else invoice_ubl(invoice)
            amounts = {"net": sign(invoice) * invoice.net, "vat": sign(invoice) * invoice.vat, "total": sign(invoice) * invoice.total}  # fmt: skip
            archive.add(f"ubl/{invoice.number}.xml", ubl, **amounts)
    return archive.close(number)


def _documents(invoices: list[Invoice]) -> dict[int, InvoiceDocument]:
    rows = InvoiceDocument.objects.filter(invoice__in=invoices).select_related("pdf", "ubl")
    return {row.invoice_id: row for row in rows}


def _read(path: str) -> bytes:
    with default_storage.open(path) as file:
        return file.read()


def csv_bytes(table: Table) -> bytes:
    """Semicolons and decimal commas, as bookkeepers here open them; no cell can be taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(table.heading)
    writer.writerows([_csv_cell(value) for value in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def _csv_cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return harmless(value)


def xlsx_bytes(tables: list[Table]) -> bytes:
    """A sheet per table, with real numbers and dates."""
    book = Workbook()
    for empty in book.worksheets:
        book.remove(empty)
    for table in tables:
        sheet = book.create_sheet(table.name)
        sheet.append(list(table.heading))
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        for row in table.rows:
            sheet.append(
                [value if isinstance(value, Decimal | date | int) else harmless(value) for value in row]
            )
        for column, heading in zip(sheet.columns, table.heading, strict=False):
            longest = max([len(str(heading)), *(len(str(cell.value or "")) for cell in column[:200])])
            sheet.column_dimensions[column[0].column_letter].width = min(longest + 2, 48)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
