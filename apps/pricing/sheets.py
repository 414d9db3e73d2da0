"""Reading a table from a CSV or XLSX file that someone uploads. Nothing in it is trusted or run."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from apps.core.numbers import typed
from apps.core.refusals import Refused

MAX_BYTES = 2_000_000
MAX_ROWS = 5_000
MAX_COLUMNS = 40
MAX_UNPACKED = 40_000_000
FORMULA_STARTS = ("=", "+", "-", "@")


def table_read(raw: bytes) -> list[list[str]]:
    """The rows of the first sheet as text, the heading first. Raises Refused, with a sentence, for a bad file."""
    if len(raw) > MAX_BYTES:
        raise Refused(_("This file is larger than 2 MB."))
    rows = list(_xlsx(raw) if raw[:4] == b"PK\x03\x04" else _csv(raw))
    rows = [row for row in rows if any(row)]
    if len(rows) > MAX_ROWS + 1:
        raise Refused(_("This file has more than 5,000 rows. Split it."))
    if len(rows) < 2:
        raise Refused(_("This file holds no rows under a heading."))
    return rows


def _csv(raw: bytes) -> Iterator[list[str]]:
    if b"\0" in raw:
        raise Refused(_("This file is neither CSV nor XLSX."))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)):
            if number > MAX_ROWS + 1 or len(row) > MAX_COLUMNS:
                raise Refused(_("This file has too many rows or columns."))
            yield [cell_clean(cell) for cell in row]
    except csv.Error as error:
        raise Refused(_("This file cannot be read as a table.")) from error


def _xlsx(raw: bytes) -> Iterator[list[str]]:
    """Values only: a formula comes in as its own text, and is refused as such by whoever reads the row."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            unpacked = sum(one.file_size for one in packed.infolist())
        if unpacked > MAX_UNPACKED:
            raise Refused(_("This file unpacks to more than we read."))
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for row in sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS):
            yield [cell_clean(_text(cell.value, formula=cell.data_type == "f")) for cell in row]
        book.close()
    except Refused:
        raise
    except Exception as error:  # whatever a broken or hostile file makes of the reader
        raise Refused(_("This file cannot be read as a table.")) from error


def _text(value: Any, *, formula: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal) and not formula:
        return typed(Decimal(repr(value) if isinstance(value, float) else value))
    if isinstance(value, date):
        return value.isoformat()
    return f"={value}" if formula and not str(value).startswith("=") else str(value)


def cell_clean(text: str) -> str:
    """One line without control characters; the apostrophe that an export puts before a formula start is taken off."""
    plain = " ".join("".join(c if c >= " " and c != "\x7f" else " " for c in text).split())
    return plain[1:] if plain[:1] == "'" and plain[1:2] in FORMULA_STARTS else plain
