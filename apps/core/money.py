"""The one VAT and totals function, for quotes, invoices, e-invoices and packages.

Amounts are euros. Rates and discounts are percentages. VAT is computed once per category and
rate over the sum of rounded line amounts, never per line (EN 16931, BR-CO-17 and BR-S-08).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
HUNDRED = Decimal(100)


def cents(amount: Decimal) -> Decimal:
    """`amount` rounded to whole cents, half up (away from zero)."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class PricedLine:
    """What the totals need to know of a line."""

    quantity: Decimal
    unit_price: Decimal
    category: str
    rate: Decimal
    discount: Decimal = Decimal(0)

    @property
    def net(self) -> Decimal:
        return line_net(self.quantity, self.unit_price, self.discount)


@dataclass(frozen=True)
class VatSum:
    """One VAT category and rate of a document: EN 16931 group BG-23."""

    category: str
    rate: Decimal
    base: Decimal
    vat: Decimal


@dataclass(frozen=True)
class Totals:
    vat_sums: tuple[VatSum, ...]
    net: Decimal
    vat: Decimal
    total: Decimal
    prepaid: Decimal
    payable: Decimal


def line_net(quantity: Decimal, unit_price: Decimal, discount: Decimal = Decimal(0)) -> Decimal:
    """quantity × unit price × (1 − discount), in whole cents."""
    return cents(quantity * unit_price * (HUNDRED - discount) / HUNDRED)


def totals(lines: Iterable[PricedLine], prepaid: Decimal = ZERO, earlier: Iterable[VatSum] = ()) -> Totals:
    """The sums of a document, from its lines.

    A part of something larger gives the VAT of the `earlier` parts: VAT is rounded over the parts so far, so that all
    parts together are the whole to the cent, and none is more than a cent from its own rounding.
    """
    before: dict[tuple[str, Decimal], tuple[Decimal, Decimal]] = {}
    for one in earlier:
        base, vat = before.get((one.category, one.rate), (ZERO, ZERO))
        before[one.category, one.rate] = (base + one.base, vat + one.vat)
    bases: dict[tuple[str, Decimal], Decimal] = {}
    for line in lines:
        key = (line.category, line.rate)
        bases[key] = bases.get(key, ZERO) + line.net
    vat_sums = tuple(
        VatSum(category, rate, base, _vat(base, rate, *before.get((category, rate), (ZERO, ZERO))))
        for (category, rate), base in sorted(bases.items(), key=lambda item: (-item[0][1], item[0][0]))
    )
    net = sum((one.base for one in vat_sums), ZERO)
    vat = sum((one.vat for one in vat_sums), ZERO)
    return Totals(vat_sums, net, vat, net + vat, prepaid, net + vat - prepaid)


def _vat(base: Decimal, rate: Decimal, earlier_base: Decimal, earlier_vat: Decimal) -> Decimal:
    return cents((earlier_base + base) * rate / HUNDRED) - earlier_vat
