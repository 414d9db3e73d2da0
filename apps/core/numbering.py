"""Gap-free numbers, each from its series' own row."""

from datetime import date
from typing import Final

from django.db import connection, transaction

from apps.core import clock
from apps.core.models import Series

REQUEST: Final = "request"
QUOTE: Final = "quote"
WORK_ORDER: Final = "work_order"
INVOICE: Final = "invoice"
CREDIT_NOTE: Final = "credit_note"
PACKAGE: Final = "package"
# A gap between these would have to be explained to the tax office.
GAPLESS: Final = {INVOICE, CREDIT_NOTE}
# What the numbers of a new installation start with.
PREFIXES: Final = {REQUEST: "R", QUOTE: "Q", WORK_ORDER: "W", INVOICE: "F", CREDIT_NOTE: "C", PACKAGE: "P"}


def number_take(series: str, *, on: date | None = None) -> str:
    """The next number of `series`, such as W26-0014, in the year of the day that stands on the record (today).

    Take it late: the series' row stays locked until the transaction ends, and a rollback gives the number back.
    Raises TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a number is taken inside the transaction that uses it")
    with connection.cursor() as cursor:
        cursor.execute("SELECT wt_number_take(%s, %s)", [series, (on or clock.today()).year])
        return cursor.fetchone()[0]


def number_text(prefix: str, year: int, number: int) -> str:
    """A number as it stands on a document: as wt_number_take writes it."""
    return f"{prefix}{year % 100:02d}-{number:04d}"


def number_next_set(series: str, number: int) -> None:
    """Let the series go on at `number` this year. The database refuses what would give a number twice, or leave a gap
    between invoices."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wt_number_next(%s, %s, %s)", [series, clock.today().year, number])


def series_sync() -> None:
    """Make the series that are missing; a prefix that the company chose stays."""
    Series.objects.bulk_create(
        [Series(name=name, prefix=prefix) for name, prefix in PREFIXES.items()], ignore_conflicts=True
    )
