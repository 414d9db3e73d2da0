"""Half-open spans of time. Moments are aware; lengths are what really passes, also when the clocks change.

A page of many days counts in whole minutes instead of moments: the arithmetic is the same, and its zero is then 0.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

ZERO = timedelta(0)


class Span(NamedTuple):
    """From `start` until just before `end`: moments in UTC, or minutes since 1970."""

    start: Any
    end: Any

    @property
    def length(self) -> Any:
        return self.end - self.start

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class Shift:
    """Hours on a weekday (1 is Monday), as the clock on the wall says them."""

    weekday: int
    starts: time
    ends: time


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which the clock on the wall says `at` on `day`."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def day_span(day: date, zone: ZoneInfo) -> Span:
    """Midnight to midnight where the company is: 23, 24 or 25 hours."""
    return Span(moment(day, time(0), zone), moment(day + timedelta(days=1), time(0), zone))


def last_day(span: Span, zone: ZoneInfo) -> date:
    """The day of its last moment: midnight still belongs to the day that it ends."""
    return (span.end - timedelta.resolution).astimezone(zone).date()  # type: ignore[no-any-return]


def working_spans(day: date, shifts: Iterable[Shift], zone: ZoneInfo, *, closed: bool = False) -> list[Span]:
    """The hours worked on `day`; none on a closed day, such as a public holiday."""
    if closed:
        return []
    spans = (
        Span(moment(day, shift.starts, zone), moment(day, shift.ends, zone))
        for shift in shifts
        if shift.weekday == day.isoweekday()
    )
    return merge(span for span in spans if span.start < span.end)


def merge(spans: Iterable[Span]) -> list[Span]:
    """The same time as spans in order that neither touch nor overlap."""
    merged: list[Span] = []
    for span in sorted(spans):
        if span.start >= span.end:
            continue
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def subtract(spans: Iterable[Span], cuts: Iterable[Span]) -> list[Span]:
    """What is left of `spans` without `cuts`."""
    left: list[Span] = []
    taken = merge(cuts)
    for span in merge(spans):
        start = span.start
        for cut in taken:
            if cut.end <= start:
                continue
            if cut.start >= span.end:
                break
            if cut.start > start:
                left.append(Span(start, cut.start))
            start = cut.end
        if start < span.end:
            left.append(Span(start, span.end))
    return left


def clip(spans: Iterable[Span], within: Span) -> list[Span]:
    """The parts of `spans` inside `within`."""
    cut = (Span(max(span.start, within.start), min(span.end, within.end)) for span in spans)
    return [span for span in cut if span.start < span.end]


def total(spans: Iterable[Span], zero: Any = ZERO) -> Any:
    """How long, counting time that several spans share once."""
    return sum((span.length for span in merge(spans)), zero)


def shared(spans: Sequence[Span], zero: Any = ZERO) -> Any:
    """How long at least two of `spans` run at once."""
    if len(spans) < 2:
        return zero
    edges = sorted([(span.start, 1) for span in spans] + [(span.end, -1) for span in spans])
    together, depth, since = zero, 0, None
    for at, change in edges:
        if depth >= 2 and since is not None:
            together += at - since
        depth, since = depth + change, at
    return together
