"""Visits as calendar files (RFC 5545), and the window in which the customer may expect somebody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, vCalAddress, vText

from apps.planning.rules.spans import Span

WINDOW = timedelta(hours=1)
STEP = timedelta(minutes=30)
# How often a program is asked to look anew (RFC 7986); most of them look when they please.
REFRESH = timedelta(minutes=15)


def arrival_window(start: datetime) -> Span:
    """When to expect the technician: an hour that begins at the half hour at or before `start`."""
    minutes = timedelta(minutes=start.minute % 30, seconds=start.second, microseconds=start.microsecond)
    return Span(start - minutes, start - minutes + WINDOW)


@dataclass(frozen=True)
class Entry:
    """What stands in somebody's calendar. A higher `sequence` of the same `uid` replaces what it holds."""

    uid: str
    sequence: int
    span: Span
    stamp: datetime
    summary: str
    location: str = ""
    description: str = ""
    url: str = ""
    cancelled: bool = False


def calendar_text(entry: Entry, *, organizer: tuple[str, str] | None = None) -> str:
    """One entry, to be sent.

    Programs take a change or a cancellation from the `organizer` only who published it: name and address.
    """
    calendar = _calendar("CANCEL" if entry.cancelled else "PUBLISH")
    event = _event(entry)
    if organizer:
        name, address = organizer
        who = vCalAddress(f"mailto:{address}")
        # A quoted name holds no quotes and no line break.
        who.params["CN"] = vText(" ".join(name.replace('"', "'").split()))
        event["ORGANIZER"] = who
    calendar.add_component(event)
    return calendar.to_ical().decode()


def feed_text(entries: Iterable[Entry], *, name: str) -> str:
    """All that stands in a calendar which a program fetches time and again."""
    calendar = _calendar("PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical().decode()


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Watertight//Planning//EN")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.stamp.astimezone(UTC))
    event.add("dtstart", entry.span.start.astimezone(UTC))
    event.add("dtend", entry.span.end.astimezone(UTC))
    event.add("summary", entry.summary)
    event.add("location", entry.location)
    event.add("description", entry.description)
    if entry.url:
        event.add("url", entry.url)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    return event
