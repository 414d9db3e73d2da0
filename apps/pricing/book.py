"""Every price that one job may need, read once: what `lookup` says, for all its days together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.company.models import Holiday
from apps.customers.models import Customer
from apps.pricing import lookup, rules
from apps.pricing.models import INSTEAD, MaterialPrice, Rate, RateKind, RateWindow, TechnicianRate, VatCode
from apps.pricing.querysets import holding

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Asked:
    """What is asked for a unit and what it costs, as the fields of a line; `source` is empty where nobody knows."""

    price: Decimal
    cost: Decimal
    vat_code: VatCode
    source: str


class PriceBook:
    """The prices of a customer's job: of its `technicians` and of its `materials`, whatever the day."""

    def __init__(
        self, customer: Customer, *, technicians: Iterable[int] = (), materials: Iterable[int] = ()
    ) -> None:
        self.customer = customer
        self.policy = lookup.policy()
        self.default_vat = lookup.default_vat_code()
        self.week = rules.Week(
            rules.STANDARD_WEEK,
            frozenset(Holiday.objects.values_list("day", flat=True)),
            timezone.get_default_timezone(),
            later=weeks().items(),
        )
        newest = ("-valid_from", "-id")
        self._rates = _by(Rate.objects.select_related("vat_code").order_by(*newest), "kind")
        people = TechnicianRate.objects.filter(technician__in=set(technicians)).order_by(*newest)
        self._technicians = _by(people, "technician_id")
        priced = MaterialPrice.objects.filter(material__in=set(materials)).select_related("vat_code")
        self._materials = _by(priced.order_by(*newest), "material_id")

    def rate(self, kind: str, day: date) -> Rate | None:
        """The rate of this kind on the day, or of the kind that stands for it: the normal one, where nothing special is asked."""
        return rate_among(self._rates, kind, day)

    def labour(self, kind: str, technician: int | None, day: date) -> Asked:
        """An hour of this kind on the day, by this technician. A technician's own sales rate stands for the normal one."""
        rate = self.rate(kind, day)
        own = holding(self._technicians.get(technician, ()), day)
        price, source = (rate.price, f"rate:{rate.kind}:{rate.valid_from}") if rate else (NOTHING, "")
        if own and own.price is not None and kind == RateKind.NORMAL:
            price, source = own.price, f"technician rate:{own.valid_from}"
        return Asked(price, own.cost if own else NOTHING, rate.vat_code if rate else self.default_vat, source)

    def pieces(
        self, start: datetime, stop: datetime, technician: int, *, kind: str = ""
    ) -> list[rules.Piece]:
        """Recorded time cut wherever its price changes. A `kind` that is given, as travel, holds at all hours."""
        return rules.split(
            start, stop, self.week, lambda hour, day: self.labour(hour, technician, day), kind=kind
        )

    def material(self, material: int, day: date) -> Asked:
        """A unit of the material on the day."""
        row = holding(self._materials.get(material, ()), day)
        if row is None:
            return Asked(NOTHING, NOTHING, self.default_vat, "")
        found = lookup.price_of(row)
        return Asked(found.price, found.cost, found.vat_code, found.source)

    def vat(self, code: VatCode) -> dict[str, Any]:
        """The VAT of a line for this customer, as its fields."""
        vat = lookup.vat_for(self.customer, code)
        return {"vat_code": code, "vat_category": vat.category, "vat_rate": vat.rate}


def rate_among(rates: Mapping[str, Sequence[Rate]], kind: str, day: date) -> Rate | None:
    """Of rates by kind, the newest first: the one of `kind` that holds on the day, or of the kind that stands for it."""
    wanted: str | None = kind
    while wanted is not None:
        if (rate := holding(rates.get(wanted, ()), day)) is not None:
            return rate
        wanted = INSTEAD.get(wanted) or (RateKind.NORMAL if wanted != RateKind.NORMAL else None)
    return None


def weeks() -> dict[date, list[rules.Window]]:
    """When which kind of hour is asked, as the company set it: by the day from which it holds. Before: the standard week."""
    found: dict[date, list[rules.Window]] = {}
    rows = RateWindow.objects.order_by("valid_from", "day", "starts")
    for since, day, starts, ends, kind in rows.values_list("valid_from", "day", "starts", "ends", "kind"):
        found.setdefault(since, []).append(rules.Window(day, starts, ends, kind))
    return found


def windows(on: date) -> list[rules.Window]:
    """Those that hold on a day."""
    known = weeks()
    since = max((one for one in known if one <= on), default=None)
    return known[since] if since else list(rules.STANDARD_WEEK)


def _by(rows: Iterable[Any], field: str) -> dict[Any, Sequence[Any]]:
    found: dict[Any, list[Any]] = {}
    for row in rows:
        found.setdefault(getattr(row, field), []).append(row)
    return {key: tuple(held) for key, held in found.items()}
