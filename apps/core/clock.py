"""The one source of "now". Read it once per operation and pass it on."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta

from django.utils import timezone

_fixed: ContextVar[datetime | None] = ContextVar("fixed_now", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _fixed.get() or timezone.now()


def today() -> date:
    """The present day where the company is."""
    return timezone.localdate(now())


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """A day where the company is, as moments; 23 or 25 hours long twice a year."""
    zone = timezone.get_current_timezone()
    start = datetime.combine(day, time.min, tzinfo=zone)
    return start, datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let everything inside happen at `moment`: the demo company's history is built with this."""
    token = _fixed.set(moment)
    try:
        yield
    finally:
        _fixed.reset(token)
