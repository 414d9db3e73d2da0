"""Moments at which something that is made of dates goes wrong, if it ever does; and a clock that is set to one."""

from datetime import datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Amsterdam")


def parsed(text: str) -> datetime:
    """A moment where the company is; in the hour that comes twice, `fold=1` is the second time."""
    text, _sign, fold = text.partition(" fold=")
    return datetime.fromisoformat(text).replace(tzinfo=ZONE, fold=int(fold or 0))


MOMENTS = {
    "noon of a working day": parsed("2026-11-26T12:00"),
    "Friday evening": parsed("2026-11-27T21:45"),
    "Sunday": parsed("2026-11-29T13:10"),
    "Monday, a minute past midnight": parsed("2026-11-30T00:01"),
    "New Year's Eve": parsed("2026-12-31T23:30"),
    "New Year's Day": parsed("2027-01-01T00:20"),
    "the hour that does not exist": parsed("2027-03-28T03:00:30"),
    "the hour that comes twice": parsed("2026-10-25T02:30 fold=1"),
    "King's Day": parsed("2027-04-27T08:15"),
    "the end of a month": parsed("2027-04-30T16:20"),
    "the summer holiday": parsed("2027-08-04T09:05"),
    "the day that comes once in four years": parsed("2028-02-29T10:30"),
}

# What the whole suite tries, besides the moment at which it runs; `--every-moment` tries them all.
FEW = ["the hour that comes twice"]
