"""The one source of "now". Read it once per operation and pass it on."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_fixed: ContextVar[datetime | None] = ContextVar("fixed_now", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _fixed.get() or timezone.now()


def today() -> date:
    """The present day where the company is."""
    return timezone.localdate(now())


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let everything inside happen at `moment`: the demo company's history is built with this."""
    token = _fixed.set(moment)
    try:
        yield
    finally:
        _fixed.reset(token)
