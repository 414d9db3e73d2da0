"""Arithmetic of rates. No Django here."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal

SECONDS_PER_HOUR = Decimal(3600)


def hours_of(duration: timedelta) -> Decimal:
    """`duration` in hours, to a thousandth."""
    return (Decimal(round(duration.total_seconds())) / SECONDS_PER_HOUR).quantize(Decimal("0.001"))


def hours_charged(durations: Iterable[timedelta], step_minutes: int) -> list[Decimal]:
    """What is charged for each stretch of one visit: each a whole number of steps, together the sum rounded up once.

    Rounding every stretch by itself would charge a technician's coffee break as work.
    """
    charged, so_far, before = [], timedelta(), Decimal(0)
    for duration in durations:
        so_far += duration
        steps = (Decimal(round(so_far.total_seconds())) / (60 * step_minutes)).to_integral_value(
            ROUND_CEILING
        )
        after = (steps * step_minutes / 60).quantize(Decimal("0.001"))
        charged.append(after - before)
        before = after
    return charged


def price_plain(price: Decimal | None) -> Decimal | None:
    """A price in cents, or with four places when it has more: never three, which could be read as thousands."""
    if price is None:
        return None
    in_cents = price.quantize(Decimal("0.01"))
    return in_cents if in_cents == price else price.quantize(Decimal("0.0001"))
