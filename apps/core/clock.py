"""The one source of "now". Read it once per operation and pass it on."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta

from django.utils import timezone

_fixed: ContextVar[datetime | None] = ContextVar("fixed_now", default=None)
_out_of_reach: ContextVar[bool] = ContextVar("out_of_reach", default=False)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    if _out_of_reach.get():
        raise RuntimeError("what is made here is remembered for the day: it may not hang on the moment")
    return _moment()


def _moment() -> datetime:
    return _fixed.get() or timezone.now()


def today() -> date:
    """The present day where the company is."""
    return timezone.localdate(_moment())


def is_out_of_reach() -> bool:
    return _out_of_reach.get()


@contextmanager
def out_of_reach() -> Iterator[None]:
    """Inside, the day may be asked and the moment may not."""
    token = _out_of_reach.set(True)
    try:
        yield
    finally:
        _out_of_reach.reset(token)


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
