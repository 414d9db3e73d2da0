"""Which invoices went to the bookkeeper. The app that keeps the packages stands above this one, and says it here."""

from collections.abc import Callable

from django.db.models import QuerySet

_rows: list[Callable[[], QuerySet]] = []


def register(rows: Callable[[], QuerySet]) -> None:
    """Say, in AppConfig.ready, which rows are the exports: one for each `invoice`, with its `package` and that one's `number`."""
    _rows[:] = [rows]


def exports() -> QuerySet:
    return _rows[0]()
