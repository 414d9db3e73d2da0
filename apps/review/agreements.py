"""What the accepted quote of a job says: its lines, and the prices that hold for what is recorded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Q

from apps.materials.models import Unit
from apps.pricing.models import RateKind
from apps.pricing.rules import AgreedPrices, Terms
from apps.quotes.models import Acceptance, LineKind, QuoteLine
from apps.review import rules
from apps.workorders.models import WorkOrder

# A part, or a kind of hour; and the unit that its price is of.
Thing = tuple[int | str, str]


def acceptance_of(order: WorkOrder) -> Acceptance | None:
    """The yes of the customer that this job carries out."""
    found = Acceptance.objects.filter(version__quote__work_order=order, version__quote__status="accepted")
    return found.select_related("version__quote").order_by("-at").first()


def accepted_lines(order: WorkOrder) -> list[QuoteLine]:
    """The lines that the customer accepted, the options that were chosen among them, in the order of the quote."""
    acceptance = acceptance_of(order)
    if acceptance is None:
        return []
    lines = QuoteLine.objects.filter(version=acceptance.version_id)
    chosen = lines.filter(Q(optional=False) | Q(pk__in=acceptance.options)).select_related("vat_code")
    return list(chosen.order_by("position", "id"))


@dataclass
class Agreement:
    """The prices that the customer signed, for a job on actuals: `sql/agreed_prices.sql` of the quotes says the same."""

    prices: Mapping[Thing, AgreedPrices[QuoteLine]]

    @classmethod
    def of(cls, order: WorkOrder, lines: Sequence[QuoteLine]) -> "Agreement":
        found: dict[Thing, list[Terms[QuoteLine]]] = {}
        for line in lines if order.billing_basis == rules.ACTUALS else ():
            if (thing := _thing(line)) is not None and line.quantity > 0:
                asked = (line.unit_price, line.discount, line.vat_code_id, line.vat_category, line.vat_rate)
                found.setdefault(thing, []).append(Terms(line.quantity, asked, line))
        return cls({thing: AgreedPrices(terms) for thing, terms in found.items()})

    def hour(self, kinds: Iterable[str]) -> AgreedPrices[QuoteLine] | None:
        """The prices of an hour of the first of these kinds that was priced."""
        return next((found for kind in kinds if (found := self.prices.get((kind, Unit.HOUR)))), None)

    def part(self, material: int | None, unit: str) -> AgreedPrices[QuoteLine] | None:
        return self.prices.get((material, unit)) if material is not None else None


def _thing(line: QuoteLine) -> Thing | None:
    if line.kind == LineKind.MATERIAL and line.material_id is not None:
        return (line.material_id, line.unit)
    if line.kind == LineKind.LABOUR and line.unit == Unit.HOUR:
        return (line.rate_kind or RateKind.NORMAL, line.unit)
    return None


def priced_as_agreed(
    item: rules.Item, values: Mapping[str, Any], prices: AgreedPrices[QuoteLine] | None
) -> list[tuple[rules.Item, dict[str, Any]]]:
    """What was recorded with its values: at the agreed terms, one for each that it uses. Without any, as it is."""
    if prices is None:
        return [(item, dict(values))]
    if values["price_source"] in rules.BY_HAND:
        prices.take(item.charged)
        return [(item, dict(values))]
    found = []
    recorded = item.recorded
    shares = prices.take(item.charged)
    for number, (charged, line) in enumerate(shares, start=1):
        part = recorded if number == len(shares) else min(charged, recorded)
        recorded -= part
        found.append(
            (replace(item, charged=charged, recorded=part, priced=True), dict(values) | _terms(line, values))
        )
    return found


def _terms(line: QuoteLine, values: Mapping[str, Any]) -> dict[str, Any]:
    listed: Decimal | None = values["book_price"]
    if not rules.is_agreed(values["price_source"]):
        listed = values["unit_price"] if values["price_source"] else None
    return {
        "unit_price": line.unit_price,
        "discount": line.discount,
        "book_price": listed,
        "vat_code": line.vat_code,
        "vat_category": line.vat_category,
        "vat_rate": line.vat_rate,
        "price_source": f"{rules.AGREED_PRICE}{line.pk}",
    }
