"""When the visits of a contract are due: whole months, and the season in which each may be made.

Pure: no database, no Django. docs/algorithms/maintenance.md explains it with examples.
"""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

YEAR = 12
# So many months ahead of its first day a visit becomes a work order.
AHEAD = 2


def month_of(day: date) -> date:
    return day.replace(day=1)


def months_after(month: date, number: int) -> date:
    """The first day of the month so many months later, or earlier. There is no month without a first."""
    year, index = divmod(month.year * YEAR + month.month - 1 + number, YEAR)
    return date(year, index + 1, 1)


def month_end(month: date) -> date:
    return months_after(month, 1) - timedelta(days=1)


def _season(season: Collection[int]) -> Collection[int]:
    """None, when it is the whole year."""
    return season if 0 < len(set(season)) < YEAR else ()


def in_season(day: date, season: Collection[int]) -> date:
    """The first month from this day on in which a visit may be made."""
    months = _season(season)
    found = month_of(day)
    while months and found.month not in months:
        found = months_after(found, 1)
    return found


def _opens(month: date, season: Collection[int], interval: int) -> date:
    """The month in which the stretch of the season around `month` begins; that month itself where the stretch is
    longer than the interval, for then there is more than one visit in it."""
    months = _season(season)
    first, last = month, month
    while months and months_after(first, -1).month in months:
        first = months_after(first, -1)
    while months and months_after(last, 1).month in months:
        last = months_after(last, 1)
    length = (last.year - first.year) * YEAR + last.month - first.month + 1
    return first if length <= interval else month


def due_first(since: date, season: Collection[int]) -> date:
    """The month in which the first visit of a contract is due."""
    return in_season(since, season)


def due_next(last: date, *, interval: int, season: Collection[int], since: date) -> date:
    """The month in which the visit after the one that was due in `last` is due; none before `since`."""
    found = in_season(max(months_after(last, interval), month_of(since)), season)
    return max(_opens(found, season, interval), month_of(since))


def window(
    due: date, *, interval: int, season: Collection[int], starts_on: date, ends_on: date | None
) -> tuple[date, date]:
    """The first and the last day on which a visit that is due in this month may be made."""
    months = _season(season)
    last, length = due, 1
    while months and length < interval and months_after(last, 1).month in months:
        last, length = months_after(last, 1), length + 1
    until = month_end(last)
    return max(due, starts_on), min(until, ends_on) if ends_on else until


def dues(
    last: date | None,
    *,
    interval: int,
    season: Collection[int],
    since: date,
    ends_on: date | None,
    horizon: date,
) -> Iterator[date]:
    """The months in which visits are due after `last`, up to the horizon and the end, in their order."""
    due = due_first(since, season) if last is None else last
    if last is not None:
        due = due_next(due, interval=interval, season=season, since=since)
    while due <= horizon and (ends_on is None or due <= ends_on):
        yield due
        due = due_next(due, interval=interval, season=season, since=since)
