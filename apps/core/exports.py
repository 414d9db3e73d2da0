"""A list as a file for a spreadsheet, read in parts: a long list takes hardly more memory than a short one."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from openpyxl import Workbook

from apps.core import formats, text
from apps.core.web import made_file

EXPORT_CAP = 20_000
DECIMALS = 4  # as many as a unit price has
PART = 500  # rows that are in memory at once
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def list_export(rows: Iterable[Any], columns: Iterable[Any], *, name: str, kind: str) -> HttpResponse:
    """The rows as csv or xlsx, each cell as its column values it (`core.lists.Column`). Beyond EXPORT_CAP the last line says
    that there is more."""
    table = _table(rows, list(columns))
    if kind == "csv":
        return made_file(_csv(table), f"{name}.csv", "text/csv; charset=utf-8", download=True)
    return made_file(_xlsx(table), f"{name}.xlsx", XLSX, download=True)


def harmless(value: Any) -> Any:
    """`value` as a cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str | Promise):
        return text.cell(str(value))
    return value


def _table(rows: Iterable[Any], columns: list[Any]) -> Iterator[list[Any]]:
    yield [str(column.label) for column in columns]
    read = rows.iterator(chunk_size=PART) if isinstance(rows, QuerySet) else iter(rows)
    for row in islice(read, EXPORT_CAP):
        yield [harmless(column.value(row)) for column in columns]
    if next(read, None) is not None:
        yield [_("There are more than %(n)s rows: choose a filter for the others.") % {"n": EXPORT_CAP}]


def _csv(table: Iterable[list[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([_csv_cell(value) for value in row] for row in table)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(table: Iterable[list[Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in table:
        sheet.append([_cell(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _csv_cell(value: Any) -> Any:
    """A number with the decimal sign of its reader: a Dutch spreadsheet takes 1.250 for twelve hundred and fifty."""
    cell = _cell(value)
    return formats.decimal(cell) if isinstance(cell, Decimal | float) else cell


def _cell(value: Any) -> Any:
    """A date and time as the clock on the wall said, for openpyxl knows no time zones; a quotient without its long tail."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return formats.local_moment(value).replace(tzinfo=None)
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        return round(value, DECIMALS) if isinstance(exponent, int) and -exponent > DECIMALS else value
    return value
