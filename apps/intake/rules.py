"""What makes an intake report complete, and what a public form may hold. No Django here."""

import re
from datetime import date
from decimal import Decimal

WEB_ADDRESS = re.compile(r"://|www\.|\bhttps?\b", re.IGNORECASE)
ORIGIN = re.compile(r"https://[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+(:\d{2,5})?")
LOCAL_ORIGIN = re.compile(r"http://(localhost|127\.0\.0\.1)(:\d{2,5})?")


def report_missing(
    *, photos: int, note: str, hours: Decimal | None, execution: str, advice: str
) -> list[str]:
    """What a report still lacks, in the order of the page. Empty when it can be handed in."""
    lacking = {
        "photos": photos == 0,
        "note": not note.strip(),
        "hours": hours is None,
        "execution": not execution,
        "advice": not advice,
    }
    return [name for name, is_missing in lacking.items() if is_missing]


def window_fault(start: date | None, end: date | None) -> bool:
    """Whether a preferred window ends before it starts, or has an end alone."""
    return end is not None and (start is None or end < start)


def holds_web_address(text: str) -> bool:
    """A name or city with an address of a website in it is an advertisement."""
    return bool(WEB_ADDRESS.search(text))


def origins(text: str) -> list[str]:
    """The websites of a list with one per line, as origins. Raises ValueError with the first line that is none."""
    found = []
    for line in text.splitlines():
        origin = line.strip().lower().rstrip("/")
        if not origin:
            continue
        if not ORIGIN.fullmatch(origin) and not LOCAL_ORIGIN.fullmatch(origin):
            raise ValueError(line.strip())
        if origin not in found:
            found.append(origin)
    return found
