"""An appointment as a calendar file (RFC 5545), and the window in which the customer may expect somebody."""

from datetime import UTC, datetime, timedelta

from apps.planning.rules.spans import Span

WINDOW = timedelta(hours=1)
STEP = timedelta(minutes=30)


def arrival_window(start: datetime) -> Span:
    """When to expect the technician: an hour that begins at the half hour at or before `start`."""
    minutes = timedelta(minutes=start.minute % 30, seconds=start.second, microseconds=start.microsecond)
    return Span(start - minutes, start - minutes + WINDOW)


def calendar_text(
    *,
    uid: str,
    sequence: int,
    span: Span,
    stamp: datetime,
    summary: str,
    location: str = "",
    description: str = "",
    organizer: tuple[str, str] | None = None,
    cancelled: bool = False,
) -> str:
    """One event; a higher `sequence` of the same `uid` replaces what the customer's calendar holds.

    Programs take a change or a cancellation from the `organizer` only who published it: name and address.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Watertight//Planning//EN",
        "CALSCALE:GREGORIAN",
        f"METHOD:{'CANCEL' if cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"SEQUENCE:{sequence}",
        f"DTSTAMP:{_utc(stamp)}",
        f"DTSTART:{_utc(span.start)}",
        f"DTEND:{_utc(span.end)}",
        f"SUMMARY:{_escaped(summary)}",
        f"LOCATION:{_escaped(location)}",
        f"DESCRIPTION:{_escaped(description)}",
        *_organizer(organizer),
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join(_folded(line) for line in lines) + "\r\n"


def _organizer(who: tuple[str, str] | None) -> list[str]:
    """Name and address; a quoted name holds no quotes and no line break."""
    if not who:
        return []
    name = " ".join(who[0].replace('"', "'").split())
    return [f'ORGANIZER;CN="{name}":mailto:{who[1]}']


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(text.splitlines())


def _folded(line: str) -> str:
    """A line is at most 75 octets; a longer one goes on after a line break and a space."""
    parts: list[str] = []
    part, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > (75 if not parts else 74):
            parts.append(part)
            part, size = "", 0
        part, size = part + character, size + width
    return "\r\n ".join([*parts, part])
