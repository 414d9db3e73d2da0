"""A day in whole minutes: between what the clock on the wall says and minutes since 1970, also when the clocks change."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from apps.planning.rules.spans import Span, day_span, moment

DAY = 24 * 60
QUARTER = 15
CLOCK = [f"{at // 60:02}:{at % 60:02}" for at in range(DAY)] + ["24:00"]


def minute_of(at: datetime) -> int:
    """Minutes since 1970, the seconds left out."""
    return int(at.timestamp()) // 60


def moment_of(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


def quarter_up(minute: int) -> int:
    """The next quarter of an hour, or this one."""
    return -(-minute // QUARTER) * QUARTER


class WallDay:
    """Midnight to midnight where the company is."""

    def __init__(self, day: date, zone: ZoneInfo) -> None:
        whole = day_span(day, zone)
        self.day, self.zone = day, zone
        self.whole = Span(minute_of(whole.start), minute_of(whole.end))
        # All of it in one offset: 23 or 25 hours are not.
        self.plain = self.whole.length == DAY

    def wall(self, minute: int) -> int:
        """What the clock says, in minutes after midnight; what lies on other days is cut off."""
        if minute <= self.whole.start:
            return 0
        if minute >= self.whole.end:
            return DAY
        if self.plain:
            return minute - self.whole.start
        local = moment_of(minute).astimezone(self.zone)
        return local.hour * 60 + local.minute

    def minute(self, wall: int) -> int:
        """The minute at which the clock says so; the first of two."""
        if wall >= DAY:
            return self.whole.end
        if self.plain:
            return self.whole.start + wall
        return minute_of(moment(self.day, time(wall // 60, wall % 60), self.zone))

    def hours(self, shifts: Iterable[tuple[int, int]]) -> list[Span]:
        """Hours from and until which somebody works, in real minutes."""
        spans = (Span(self.minute(start), self.minute(end)) for start, end in shifts)
        return [span for span in spans if span.start < span.end]

    def part(self, span: Span) -> Span:
        """What of it lies on this day."""
        return Span(max(span.start, self.whole.start), min(span.end, self.whole.end))
