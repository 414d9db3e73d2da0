"""A list as a file: moments as the clock on the wall said, and numbers that a person can read, in each kind of file."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation
from openpyxl import load_workbook

from apps.core.exports import list_export

ROWS = [
    (datetime(2026, 11, 30, 23, 30, tzinfo=UTC), Decimal(100) / 3, Decimal("0.0085")),
    (datetime(2026, 6, 30, 22, 15, tzinfo=UTC), Decimal(2), Decimal("145.00")),
]
COLUMNS = [SimpleNamespace(label=str(number), value=lambda row, at=number: row[at]) for number in range(3)]


def exported(kind: str) -> list[list[Any]]:
    content = list_export(ROWS, COLUMNS, name="list", kind=kind).content
    if kind == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))[1:]
    return [list(row) for row in load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)][1:]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_moment_is_on_the_day_that_it_was_on_the_wall(kind: str) -> None:
    assert [str(row[0]) for row in exported(kind)] == ["2026-12-01 00:30:00", "2026-07-01 00:15:00"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_quotient_has_no_long_tail(kind: str) -> None:
    assert [(float(row[1]), float(row[2])) for row in exported(kind)] == [(33.3333, 0.0085), (2, 145)]


@pytest.mark.parametrize(
    ("language", "numbers"), [("nl", ["33,3333", "0,0085"]), ("en", ["33.3333", "0.0085"])]
)
def test_a_spreadsheet_reads_numbers_with_the_decimal_sign_of_its_reader(
    language: str, numbers: list[str]
) -> None:
    """In Dutch 1.250 is twelve hundred and fifty."""
    with translation.override(language):
        assert exported("csv")[0][1:] == numbers
        assert [type(value) for value in exported("xlsx")[0][1:]] == [float, float]
