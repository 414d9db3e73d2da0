"""Looking a price up, once, when a quote line or a billable is made. The answer is copied with its source."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.refusals import Missing
from apps.customers.models import Customer
from apps.materials.models import Material
from apps.pricing.models import (
    MaterialPrice,
    PricingPolicy,
    Rate,
    RateKind,
    TechnicianRate,
    VatCategory,
    VatCode,
)
from apps.technicians.models import Technician


@dataclass(frozen=True)
class Price:
    """What is asked for a unit and what it costs, in euros, and where that was found."""

    price: Decimal
    cost: Decimal
    vat_code: VatCode
    source: str


@dataclass(frozen=True)
class Vat:
    """The VAT of one line: copied to the line, so that a later change of the code touches nothing."""

    code: VatCode
    category: str
    rate: Decimal


def material_prices(materials: Iterable[Material], *, on: date | None = None) -> dict[int, Price]:
    """The price of each material that has one on the day, by the material's id. One query."""
    rows = (
        MaterialPrice.objects.on(on or clock.today())
        .filter(material__in=list(materials))
        .order_by("material_id", "-valid_from", "-id")
        .distinct("material_id")
        .select_related("vat_code")
    )
    return {row.material_id: price_of(row) for row in rows}


def material_price(material: Material, *, on: date | None = None) -> Price | None:
    """The price of a material on the day, or None when it has none."""
    return material_prices([material], on=on).get(material.pk)


def labour_price(*, kind: str = RateKind.NORMAL, on: date | None = None) -> Price | None:
    """What an hour (or a call-out) of this kind is asked at on the day, or None when no rate was set."""
    row = Rate.objects.on(on or clock.today()).filter(kind=kind).select_related("vat_code").first()
    if row is None:
        return None
    return Price(row.price, average_cost(on=on) if kind != RateKind.CALL_OUT else Decimal(0), row.vat_code,
                 f"rate:{row.kind}:{row.valid_from}")  # fmt: skip


def hour_price(*, on: date) -> Decimal:
    """What an hour of work is asked at on the day: what hours count for that nobody priced yet. Zero without a rate."""
    return usual_price(rate_kind=RateKind.NORMAL, on=on) or Decimal(0)


def technician_cost(technician: Technician, *, on: date | None = None) -> Decimal:
    """What an hour of this technician costs the company on the day; zero when it was never set."""
    row = TechnicianRate.objects.on(on or clock.today()).filter(technician=technician).first()
    return row.cost if row else Decimal(0)


def average_cost(*, on: date | None = None) -> Decimal:
    """The mean cost of an hour over the technicians: what a quote reckons with before it is known who goes."""
    rows = list(
        TechnicianRate.objects.on(on or clock.today())
        .filter(technician__active=True)
        .order_by("technician_id", "-valid_from", "-id")
        .distinct("technician_id")
        .values_list("cost", flat=True)
    )
    return (sum(rows, Decimal(0)) / len(rows)).quantize(Decimal("0.0001")) if rows else Decimal(0)


def default_vat_code() -> VatCode:
    """What holds unless another code is chosen. Raises Missing in a company that has none yet."""
    found = (
        VatCode.objects.filter(is_default=True).first()
        or VatCode.objects.filter(active=True).order_by("-rate").first()
    )
    if found is None:
        raise Missing(
            _("There is no VAT code yet, and every price needs one."),
            url=reverse("pricing:vat_code_create"),
            label=_("New VAT code"),
        )
    return found


def vat_for(customer: Customer, code: VatCode) -> Vat:
    """The VAT of a line for this customer: with reverse charge a standard rate becomes AE, 0 % (Wet OB art. 12)."""
    if customer.reverse_charge and code.category == VatCategory.STANDARD:
        return Vat(code, VatCategory.REVERSE_CHARGE, Decimal(0))
    return Vat(code, code.category, code.rate)


def vat_still(customer: Customer, code: VatCode, category: str, rate: Decimal) -> Vat:
    """The VAT that was found before, unless the customer's reverse charge was changed since: that is the law's choice."""
    now = vat_for(customer, code)
    if {category, now.category} == {VatCategory.STANDARD, VatCategory.REVERSE_CHARGE}:
        return now
    return Vat(code, category, rate)


def policy() -> PricingPolicy:
    """The company's rounding; the defaults when it was never set."""
    return PricingPolicy.objects.first() or PricingPolicy()


def price_of(row: MaterialPrice) -> Price:
    """A price of the catalogue with where it was found."""
    return Price(row.price, row.cost, row.vat_code, f"catalogue:{row.valid_from}")


def usual_price(
    *, material: int | None = None, rate_kind: str = "", on: date | None = None
) -> Decimal | None:
    """What the catalogue or the rates ask on the day (today), to hold a typed price against."""
    day = on or clock.today()
    if material is not None:
        row = MaterialPrice.objects.on(day).filter(material=material).first()
        return row.price if row else None
    rate = Rate.objects.on(day).filter(kind=rate_kind).first() if rate_kind else None
    return rate.price if rate else None
