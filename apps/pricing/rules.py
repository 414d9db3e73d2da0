"""Arithmetic of rates. No Django here."""

import re
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal

SECONDS_PER_HOUR = Decimal(3600)


def hours_of(duration: timedelta) -> Decimal:
    """`duration` in hours, to a thousandth."""
    return (Decimal(round(duration.total_seconds())) / SECONDS_PER_HOUR).quantize(Decimal("0.001"))


def hours_charged(duration: timedelta, step_minutes: int) -> Decimal:
    """Hours to charge: `duration` rounded up to a whole number of steps."""
    steps = (Decimal(round(duration.total_seconds())) / (60 * step_minutes)).to_integral_value(ROUND_CEILING)
    return (steps * step_minutes / 60).quantize(Decimal("0.001"))


_THOUSANDS = re.compile(r"\d{1,3}(?:(?:\.\d{3})+(?:,\d+)?|(?:,\d{3})+(?:\.\d+)?)", re.ASCII)
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?", re.ASCII)
_AMBIGUOUS = re.compile(r"\d{1,3}[.,]\d{3}", re.ASCII)


def amount_read(text: str) -> Decimal:
    """An amount as people write it: 12,5 · 12.50 · € 1.234,56 · 1,234.56.

    Raises ValueError for anything else, and for 1.234 or 1,234, which may be more than a thousand or little more than one.
    """
    plain = re.sub(r"[€\s\u00a0]", "", text)
    if _AMBIGUOUS.fullmatch(plain):
        raise ValueError(text)
    if _PLAIN.fullmatch(plain):
        return Decimal(plain.replace(",", "."))
    if not _THOUSANDS.fullmatch(plain):
        raise ValueError(text)
    marks = re.findall(r"[.,]", plain)
    thousands, decimal_mark = marks[0], marks[-1]
    whole = plain.replace(thousands, "")
    return Decimal(whole if decimal_mark == thousands else whole.replace(decimal_mark, "."))


def price_plain(price: Decimal | None) -> Decimal | None:
    """A price in cents, or with four places when it has more: never three, which could be read as thousands."""
    if price is None:
        return None
    in_cents = price.quantize(Decimal("0.01"))
    return in_cents if in_cents == price else price.quantize(Decimal("0.0001"))
