"""One reader of what people type as a number, and how such text is written. No Django here; see docs/algorithms/numbers.md.

Comma and point are both decimal signs, whatever the language. Thousands may be grouped by three, with a point, a comma,
a space or an apostrophe. What has two readings is taken only when one of them fits where it was typed.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

LONGEST = 28  # characters; more than any field holds, and few enough for exact arithmetic
MARKS = (",", ".")
SIGNS = "-\N{MINUS SIGN}\N{EN DASH}"
EURO = ("€", "eur", "euro")
PERCENT = ("%",)
HOURS = ("h", "u", "uur", "hour", "hours")

_SPACES = re.compile("[ \t\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{FIGURE SPACE}]+")
_BODY = r"(?P<body>[0-9., '’]*[0-9][0-9., '’]*?)(?:(?<=[,.])(?:[-=\N{EN DASH}\N{EM DASH}]|--))?"
_PLAIN = re.compile(r"[0-9]*")
_GROUPED = {mark: re.compile(rf"[1-9][0-9]{{0,2}}(?:[{mark}][0-9]{{3}})+") for mark in (",", ".", " ", "'")}
_WRITTEN = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,10})?")
_ID = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class Shape:
    """What fits in a field: how many decimals, from what to what, and the words that may stand beside the number."""

    places: int = 0
    least: Decimal | None = None
    most: Decimal | None = None
    words: tuple[str, ...] = ()

    def holds(self, value: Decimal) -> bool:
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


class Unreadable(ValueError):
    """Why a text is not taken: `number`, `decimals`, `least`, `most`, or `two`; and how it was read."""

    def __init__(self, why: str, *readings: Decimal) -> None:
        super().__init__(why, *readings)
        self.why, self.readings = why, readings


def read(text: str, shape: Shape) -> Decimal:
    """The one number that `text` can be in a place of this shape. Raises Unreadable."""
    found = _readings(text, shape.words)
    if not found:
        raise Unreadable("number")
    # Idle zeros beyond the places are harmless, but nobody who means a decimal types them: 1.500 is 1500 in a field
    # with two decimals, and 0.850 can only be 0.85.
    exact = [value for value, decimals in found if decimals <= shape.places]
    padded = [
        value for value, _decimals in found if value not in exact and value == round(value, shape.places)
    ]
    for fitting in (exact, padded):
        within = sorted(filter(shape.holds, fitting), key=abs, reverse=True)
        if len(within) > 1:
            raise Unreadable("two", *within)
        if within:
            return within[0].quantize(Decimal(1).scaleb(-shape.places))
    if not exact and not padded:
        raise Unreadable("decimals", found[0][0])
    nearest = min(exact or padded, key=abs)
    raise Unreadable("least" if shape.least is not None and nearest < shape.least else "most", nearest)


def _readings(text: str, words: tuple[str, ...]) -> list[tuple[Decimal, int]]:
    """Each number that the text can be, with its number of decimals as typed."""
    plain = _SPACES.sub(" ", text).strip().lower().replace("’", "'")
    parts = _pattern(words).fullmatch(plain) if len(plain) <= LONGEST else None
    if parts is None or (parts["before"] and parts["after"]):
        return []
    body = parts["body"].strip()
    sign = "-" if (parts["before"] or parts["after"] or "+") in SIGNS else ""
    found: dict[Decimal, int] = {}
    for mark in MARKS:
        whole, _mark, fraction = body.partition(mark)
        is_whole = _PLAIN.fullmatch(whole) or any(
            one.fullmatch(whole) for group, one in _GROUPED.items() if group != mark
        )
        if is_whole and _PLAIN.fullmatch(fraction):
            value = Decimal(f"{sign}{re.sub(r'[^0-9]', '', whole) or '0'}.{fraction or '0'}") + 0
            found[value] = min(len(fraction), found.get(value, LONGEST))
    return list(found.items())


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    word = f"(?:{'|'.join(map(re.escape, words))})?" if words else ""
    sign = f"[+{re.escape(SIGNS)}]"
    return re.compile(rf"(?P<before>{sign})? ?{word} ?(?P<after>{sign})? ?{_BODY} ?{word}")


def typed(value: Decimal, mark: str = ".", pad: int = 0) -> str:
    """`value` as one types it, with at least `pad` decimals: what `read` makes the same number of in every language.

    Without groups, and never with just three decimals where those could be thousands: 1.2340.
    """
    sign, digits = ("-", f"{-value:f}") if value < 0 else ("", f"{value:f}")
    whole, _point, fraction = digits.partition(".")
    fraction = fraction.rstrip("0").ljust(pad, "0")
    if len(fraction) == 3 and _GROUPED["."].fullmatch(f"{whole}.{fraction}"):
        fraction += "0"
    return f"{sign}{whole}{mark}{fraction}" if fraction else f"{sign}{whole}"


def event_read(text: object, shape: Shape) -> Decimal:
    """A number in an event: as the program wrote it, 2.500; otherwise as a person may have typed it. Raises Unreadable."""
    given = str(text)
    if not _WRITTEN.fullmatch(given):
        return read(given, shape)
    value = Decimal(given) + 0
    if value != round(value, shape.places):
        raise Unreadable("decimals", value)
    if not shape.holds(value):
        raise Unreadable("most", value)
    return value.quantize(Decimal(1).scaleb(-shape.places))


def pk_read(text: object) -> int | None:
    """The id or page number in a text from an address or a hidden field; nothing when it is none."""
    given = str(text or "")
    return int(given) if _ID.fullmatch(given) else None


def is_far_from(value: Decimal | None, usual: Decimal | None, times: int = 10) -> bool:
    """Whether `value` is ten times the usual or more, or a tenth or less. Nothing at all is no slip of the finger."""
    if not value or not usual:
        return False
    return not abs(usual) / times < abs(value) < abs(usual) * times
