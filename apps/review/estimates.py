"""The estimate that the customer accepted beside what was recorded, in euros: shown in the review of actuals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.pricing.models import RateKind
from apps.quotes.models import LineKind
from apps.review import rules
from apps.review.models import Billable

ZERO = Decimal(0)
# What an estimate may be exceeded by before the customer must have been warned: article 7:752 of the Dutch Civil Code.
TOLERATED = Decimal("1.1")
LABOUR, TRAVEL, MATERIAL, FEES = "labour", "travel", "material", "fees"


@dataclass(frozen=True)
class Compared:
    """One kind of work: what was estimated, what is asked, and what is between them."""

    label: str
    estimated: Decimal
    asked: Decimal

    @property
    def difference(self) -> Decimal:
        return self.asked - self.estimated

    @property
    def tone(self) -> str:
        return "up" if self.difference > 0 else "down" if self.difference < 0 else "same"


@dataclass(frozen=True)
class Estimate:
    rows: list[Compared]
    total: Compared

    @property
    def is_exceeded(self) -> bool:
        """By more than the law lets pass without a warning."""
        return self.total.asked > self.total.estimated * TOLERATED


def estimate_of(
    agreed: Sequence[Billable], times: Sequence[Any], materials: Sequence[Any]
) -> Estimate | None:
    """`agreed` are the billables of the accepted lines, `times` and `materials` the review's rows. None without lines."""
    lines = [one for one in agreed if one.quote_line_id is not None]
    if not lines:
        return None
    estimated = dict.fromkeys((LABOUR, TRAVEL, MATERIAL, FEES), ZERO)
    for one in lines:
        estimated[_kind(one)] += one.net
    asked = {
        LABOUR: _asked(row for row in times if row.subject.kind != "travel"),
        TRAVEL: _asked(row for row in times if row.subject.kind == "travel"),
        MATERIAL: _asked(materials),
        FEES: sum((one.net for one in lines if one.proposal == rules.AS_AGREED and one.fate in _ASKED), ZERO),
    }
    labels = {
        LABOUR: _("Labour"),
        TRAVEL: _("Travel"),
        MATERIAL: _("Material"),
        FEES: _("Call-out and other agreed lines"),
    }
    rows = [Compared(labels[kind], estimated[kind], asked[kind]) for kind in labels]
    total = Compared(_("Together"), sum(estimated.values(), ZERO), sum(asked.values(), ZERO))
    return Estimate([row for row in rows if row.estimated or row.asked], total)


_ASKED = ("billable", "pending")


def _kind(row: Billable) -> str:
    line = row.quote_line
    assert line is not None
    if row.proposal == rules.AS_AGREED:
        return FEES
    if line.kind == LineKind.MATERIAL:
        return MATERIAL
    return TRAVEL if line.rate_kind == RateKind.TRAVEL else LABOUR


def _asked(rows: Iterable[Any]) -> Decimal:
    return sum((one.net for row in rows for one in row.billables if one.fate in _ASKED), ZERO)
