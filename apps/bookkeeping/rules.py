"""What goes in a package, and that its totals tie out. No Django."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

# What can be chosen, in the order in which it is offered.
CONTENTS = (
    "work_orders",
    "lines",
    "materials",
    "extra_work",
    "customers",
    "payments",
    "overview",
    "pdf",
    "ubl",
)
ALL = frozenset(CONTENTS)


@dataclass(frozen=True)
class Sums:
    """Euros: of invoices less credit notes."""

    count: int
    net: Decimal
    vat: Decimal
    total: Decimal


def sums(rows: Iterable[tuple[int, Decimal, Decimal, Decimal]]) -> Sums:
    """The sum of (sign, net, VAT, total) rows; a credit note has sign −1."""
    count, net, vat, total = 0, Decimal("0.00"), Decimal("0.00"), Decimal("0.00")
    for sign, row_net, row_vat, row_total in rows:
        count += 1
        net += sign * row_net
        vat += sign * row_vat
        total += sign * row_total
    return Sums(count, net, vat, total)


class DoesNotTieOut(Exception):
    """The parts of a package add up to something else than its invoices: a bug, never the user's fault."""


def tie_out(expected: Sums, *, lines: Decimal, bases: Decimal, vat: Decimal) -> None:
    """Check that the lines and the VAT rows add up to the invoices. Raises DoesNotTieOut."""
    if (lines, bases, vat) != (expected.net, expected.net, expected.vat):
        raise DoesNotTieOut(f"invoices {expected.net} + {expected.vat}, lines {lines}, VAT {bases} + {vat}")
