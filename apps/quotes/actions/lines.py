"""Making lines: from a rate, the catalogue, an intake, a template or an older quote. Nothing is written here.

A price is looked up once, when the line is made, and copied with its source.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from apps.core import formats
from apps.customers.models import Customer
from apps.intake.models import IntakeReport
from apps.materials.models import Material, Unit
from apps.pricing import lookup
from apps.pricing.models import RateKind, VatCode
from apps.quotes.models import LineKind, PricedLineModel, QuoteLine, QuoteVersion, TemplateLine

COPIED = (
    "section", "kind", "description", "material_id", "rate_kind", "quantity", "unit", "unit_price", "discount",
    "optional", "vat_code_id",
)  # fmt: skip
HAND = "hand"
NO_PRICE = "none"


def copied_fields(line: PricedLineModel) -> dict[str, Any]:
    """What a line and its copy have in common."""
    return {name: getattr(line, name) for name in COPIED}


def vat_set(line: QuoteLine, customer: Customer, code: VatCode) -> None:
    """Give the line the VAT that holds for this customer now."""
    found = lookup.vat_for(customer, code)
    line.vat_code, line.vat_category, line.vat_rate = found.code, found.category, found.rate


def line_make(
    version: QuoteVersion,
    customer: Customer,
    *,
    kind: str = LineKind.TEXT,
    material: Material | None = None,
    rate_kind: str = "",
    price: lookup.Price | None = None,
    vat_code: VatCode | None = None,
    **fields: Any,
) -> QuoteLine:
    """A line that is not saved yet. What `fields` do not say is filled in from the rates or the catalogue."""
    if kind == LineKind.CALL_OUT:
        rate_kind = rate_kind or RateKind.CALL_OUT
    elif kind == LineKind.LABOUR:
        rate_kind = rate_kind or RateKind.NORMAL
    else:
        rate_kind = ""
    if price is None and "unit_price" not in fields:
        price = _price(kind, material, rate_kind)
    line = QuoteLine(version=version, kind=kind, material=material, rate_kind=rate_kind, **fields)
    if not line.description:
        with translation.override(version.language):
            line.description = material.name if material else _label(rate_kind)
    if "unit" not in fields:
        line.unit = material.unit if material else Unit.HOUR if kind == LineKind.LABOUR else Unit.PIECE
    if "unit_price" not in fields:
        line.unit_price = price.price if price else Decimal(0)
        line.price_source = price.source if price else NO_PRICE if kind != LineKind.TEXT else HAND
    else:
        line.price_source = line.price_source or HAND
    if "unit_cost" not in fields:
        line.unit_cost = price.cost if price else Decimal(0)
    vat_set(line, customer, vat_code or (price.vat_code if price else lookup.default_vat_code()))
    return line


def _label(rate_kind: str) -> str:
    return str(RateKind(rate_kind).label) if rate_kind else ""


def _price(kind: str, material: Material | None, rate_kind: str) -> lookup.Price | None:
    if material is not None:
        return lookup.material_price(material)
    return lookup.labour_price(kind=rate_kind) if rate_kind else None


def lines_from_intake(version: QuoteVersion, customer: Customer, report: IntakeReport) -> list[QuoteLine]:
    """The technician's estimates with prices filled in: the hours, then each material."""
    found = []
    if report.hours:
        found.append(line_make(version, customer, kind=LineKind.LABOUR, quantity=report.hours))
    estimates = list(report.materials.select_related("material").order_by("pk"))
    prices = lookup.material_prices([one.material for one in estimates])
    fallback = (
        lookup.default_vat_code() if len(prices) < len({one.material_id for one in estimates}) else None
    )
    for one in estimates:
        price = prices.get(one.material_id)
        if price is None:  # the office sees that it has to fill this in
            line = line_make(
                version, customer, kind=LineKind.MATERIAL, material=one.material, quantity=one.quantity,
                unit_price=Decimal(0), unit_cost=Decimal(0), price_source=NO_PRICE, vat_code=fallback,
            )  # fmt: skip
        else:
            line = line_make(
                version, customer, kind=LineKind.MATERIAL, material=one.material, quantity=one.quantity, price=price
            )  # fmt: skip
        found.append(line)
    return found


def lines_from_template(
    version: QuoteVersion, customer: Customer, lines: Iterable[TemplateLine]
) -> list[QuoteLine]:
    """The template's lines; one without a price of its own takes today's from the rates or the catalogue."""
    lines = list(lines)
    prices = lookup.material_prices([one.material for one in lines if one.material])
    found = []
    for one in lines:
        fields = copied_fields(one)
        del fields["material_id"], fields["vat_code_id"], fields["kind"], fields["rate_kind"]
        price = prices.get(one.material_id) if one.material_id else _price(one.kind, None, one.rate_kind)
        if one.unit_price is None:
            del fields["unit_price"]
            if price is None:
                fields |= {"unit_price": Decimal(0), "price_source": NO_PRICE}
        if price is not None:
            fields["unit_cost"] = price.cost
        line = line_make(
            version, customer, kind=one.kind, material=one.material, rate_kind=one.rate_kind, price=price,
            vat_code=one.vat_code, **fields,
        )  # fmt: skip
        found.append(line)
    return found


def lines_copied(version: QuoteVersion, customer: Customer, lines: Iterable[QuoteLine]) -> list[QuoteLine]:
    """Lines as they stand in another version: same prices, the customer's VAT of today."""
    found = []
    for one in lines:
        line = QuoteLine(
            version=version, unit_cost=one.unit_cost, price_source=one.price_source, **copied_fields(one)
        )
        vat_set(line, customer, one.vat_code)
        found.append(line)
    return found


def source_label(source: str) -> str:
    """Where a price came from, for the office."""
    kind, _sep, rest = source.partition(":")
    since = rest.rpartition(":")[2]
    day = formats.day(date.fromisoformat(since)) if since else ""
    return {
        "catalogue": _("catalogue price of %(day)s") % {"day": day},
        "rate": _("rate of %(day)s") % {"day": day},
        NO_PRICE: _("no price in the catalogue: fill it in"),
    }.get(kind, "")
