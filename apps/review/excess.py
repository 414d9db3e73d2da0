"""The hours above the sold ones that wait for a decision, by the kind of hour and the price at which they were worked."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.pricing.models import RateKind
from apps.review import rules
from apps.review.models import Billable, Fate


@dataclass(frozen=True)
class Excess:
    """So many of them. The last hours that were worked are the excess."""

    rate_kind: str
    price: Decimal
    hours: Decimal
    visit_id: int

    @property
    def name(self) -> str:
        """Of the field that asks for its price."""
        return f"price-{self.rate_kind}-{self.price.normalize():f}"

    @property
    def label(self) -> str:
        return _("Price per hour: %(kind)s") % {"kind": RateKind(self.rate_kind).label}


def excess_of(rows: Iterable[Billable]) -> list[Excess]:
    """`rows` in the order in which they were made, each with its stretch of time."""
    found: dict[tuple[str, Decimal], Excess] = {}
    for row in rows:
        if row.proposal != rules.ABOVE_SOLD or row.fate != Fate.PENDING or row.time_entry is None:
            continue
        key = (row.rate_kind or RateKind.NORMAL, row.list_price)
        before = found[key].hours if key in found else Decimal(0)
        found[key] = Excess(*key, before + row.quantity, row.time_entry.visit_id)
    return list(found.values())
