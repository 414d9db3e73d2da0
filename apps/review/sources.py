"""What a job's billables are made from: its evidence and what was agreed, each with its price looked up once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.company.models import Holiday
from apps.core import formats
from apps.field.models import ExtraWork, MaterialUsage, TimeEntry
from apps.materials.models import Unit
from apps.pricing import lookup
from apps.pricing.models import Rate, RateKind, TechnicianRate
from apps.quotes.models import Acceptance, LineKind, QuoteLine
from apps.review import rules
from apps.review.models import BillableKind, Decision, ExtraWorkOffer, Finding
from apps.review.states import OfferStatus
from apps.workorders.models import WorkOrder

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Source:
    """One piece of evidence, or one agreed line: what the rules need of it, and the fields of its billable."""

    field: str
    pk: int
    item: rules.Item
    values: dict[str, Any]

    # What the list asks for a unit of the evidence, where an offer may ask something else.
    asked: Decimal | None = None

    @property
    def list_price(self) -> Decimal:
        price: Decimal = self.values["unit_price"]
        return price if self.asked is None else self.asked

    @property
    def key(self) -> tuple[str, int]:
        return (self.field, self.pk)


class PriceBook:
    """Every price that one review needs, read once."""

    def __init__(self, order: WorkOrder, entries: Sequence[TimeEntry], usages: Sequence[MaterialUsage]):
        self.customer = order.customer
        self.policy = lookup.policy()
        self.default_vat = lookup.default_vat_code()
        self.holidays = frozenset(Holiday.objects.values_list("day", flat=True))
        self.rates = list(Rate.objects.select_related("vat_code").order_by("-valid_from", "-id"))
        people = {entry.visit.technician_id for entry in entries}
        self.technician_rates = list(
            TechnicianRate.objects.filter(technician__in=people).order_by("-valid_from", "-id")
        )
        self.material_prices: dict[date, dict[int, lookup.Price]] = {}
        for day in {_day(usage.at) for usage in usages}:
            used = [usage.material for usage in usages if _day(usage.at) == day]
            self.material_prices[day] = lookup.material_prices(used, on=day)

    def rate(self, kind: str, day: date) -> Rate | None:
        """The rate of this kind on the day; the normal one where the company asks nothing special."""
        held = [rate for rate in self.rates if rate.valid_from <= day]
        for wanted in (kind, RateKind.NORMAL):
            for rate in held:
                if rate.kind == wanted:
                    return rate
        return None

    def technician(self, technician_id: int, day: date) -> TechnicianRate | None:
        for rate in self.technician_rates:
            if rate.technician_id == technician_id and rate.valid_from <= day:
                return rate
        return None

    def vat(self, code: Any) -> dict[str, Any]:
        vat = lookup.vat_for(self.customer, code)
        return {"vat_code": code, "vat_category": vat.category, "vat_rate": vat.rate}


def sources_of(order: WorkOrder) -> list[Source]:
    """Everything that must have a billable, in the order in which it uses up what was agreed."""
    entries = list(
        TimeEntry.objects.filter(visit__work_order=order, ended_at__isnull=False)
        .exclude(kind="pause")
        .select_related("visit__technician__user")
        .order_by("started_at", "id")
    )
    usages = list(MaterialUsage.objects.filter(visit__work_order=order).select_related("material"))
    book = PriceBook(order, entries, usages)
    corrected = corrections_of(order)
    with translation.override(order.customer.language):
        return [
            *_agreed(order),
            *_times(entries, book, corrected),
            *_materials(usages, book, corrected),
            *_extra_work(order, book),
        ]


def corrections_of(order: WorkOrder) -> dict[tuple[str, int], Decimal]:
    """The quantity that a reviewer put in the place of a recorded one, unless the item went back since."""
    found: dict[tuple[str, int], Decimal] = {}
    for finding in Finding.objects.filter(review__work_order=order).order_by("at", "id"):
        field = FIELD_OF.get(finding.subject_type)
        if field is None:
            continue
        if finding.decision == Decision.RETURNED:
            found.pop((field, finding.subject_id), None)
        elif finding.decision == Decision.CORRECTED:
            try:
                found[(field, finding.subject_id)] = Decimal(finding.after)
            except InvalidOperation:
                continue
    return found


FIELD_OF = {
    "field.timeentry": "time_entry",
    "field.materialusage": "material_usage",
    "field.extrawork": "extra_work",
    "quotes.quoteline": "quote_line",
}


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)


def _agreed(order: WorkOrder) -> list[Source]:
    """The lines that the customer accepted, the options that were chosen among them."""
    acceptance = (
        Acceptance.objects.filter(version__quote__work_order=order, version__quote__status="accepted")
        .order_by("-at")
        .first()
    )
    if acceptance is None:
        return []
    lines = (
        QuoteLine.objects.filter(version=acceptance.version_id)
        .filter(models.Q(optional=False) | models.Q(pk__in=acceptance.options))
        .select_related("vat_code")
    )
    return [
        Source(
            "quote_line",
            line.pk,
            rules.Item(
                rules.AGREED,
                line.quantity,
                line.quantity,
                material=line.material_id if line.kind == LineKind.MATERIAL else None,
            ),
            {
                "kind": BillableKind.CALL_OUT if line.kind == LineKind.CALL_OUT else BillableKind.AGREED,
                "description": line.description,
                "unit": line.unit,
                "unit_price": line.unit_price,
                "unit_cost": line.unit_cost,
                "discount": line.discount,
                "vat_code": line.vat_code,
                "vat_category": line.vat_category,
                "vat_rate": line.vat_rate,
                "price_source": f"quote line:{line.pk}",
            },
        )
        for line in lines
    ]


def _times(
    entries: Sequence[TimeEntry], book: PriceBook, corrected: dict[tuple[str, int], Decimal]
) -> list[Source]:
    charged: dict[int, Decimal] = {}
    groups: dict[tuple[int, str], list[TimeEntry]] = {}
    for entry in entries:
        groups.setdefault((entry.visit_id, entry.kind), []).append(entry)
    for group in groups.values():
        durations = [_length(entry) for entry in group]
        hours = rules.hours_charged(durations, book.policy.round_minutes)
        charged |= dict(zip((entry.pk for entry in group), hours, strict=True))
    return [_time(entry, charged[entry.pk], book, corrected) for entry in entries]


def _length(entry: TimeEntry) -> timedelta:
    """Of a stretch that has ended, as all that are charged have."""
    return (entry.ended_at or entry.started_at) - entry.started_at


def _time(
    entry: TimeEntry, charged: Decimal, book: PriceBook, corrected: dict[tuple[str, int], Decimal]
) -> Source:
    local = timezone.localtime(entry.started_at)
    kind = rules.TRAVEL if entry.kind == "travel" else rules.WORK
    rate_kind = RateKind.TRAVEL if kind == rules.TRAVEL else rules.rate_kind(local, book.holidays)
    rate = book.rate(rate_kind, local.date())
    own = book.technician(entry.visit.technician_id, local.date())
    price, source = (rate.price, f"rate:{rate.kind}:{rate.valid_from}") if rate else (NOTHING, "")
    if own and own.price is not None and rate_kind == RateKind.NORMAL:
        price, source = own.price, f"technician rate:{own.valid_from}"
    words = _("Travel %(day)s, %(name)s") if kind == rules.TRAVEL else _("Labour %(day)s, %(name)s")
    recorded = rules.hours_exact(_length(entry))
    key = ("time_entry", entry.pk)
    return Source(
        *key,
        rules.Item(kind, corrected.get(key, charged), recorded, priced=bool(source)),
        {
            "kind": BillableKind.TIME,
            "description": words
            % {"day": formats.day_short(local.date()), "name": entry.visit.technician.user.name},
            "unit": Unit.HOUR,
            "unit_price": price,
            "unit_cost": own.cost if own else NOTHING,
            "price_source": source,
            **book.vat(rate.vat_code if rate else book.default_vat),
        },
    )


def _materials(
    usages: Sequence[MaterialUsage], book: PriceBook, corrected: dict[tuple[str, int], Decimal]
) -> list[Source]:
    found = []
    for usage in usages:
        price = book.material_prices[_day(usage.at)].get(usage.material_id)
        key = ("material_usage", usage.pk)
        item = rules.Item(
            rules.MATERIAL,
            corrected.get(key, usage.quantity),
            usage.quantity,
            priced=bool(price and price.price > 0),
            material=usage.material_id,
        )
        values = {
            "kind": BillableKind.MATERIAL,
            "description": usage.material.name,
            "unit": usage.material.unit,
            "unit_price": price.price if price else NOTHING,
            "unit_cost": price.cost if price else NOTHING,
            "price_source": price.source if price else "",
            **book.vat(price.vat_code if price else book.default_vat),
        }
        found.append(Source(*key, item, values))
    return found


def _extra_work(order: WorkOrder, book: PriceBook) -> list[Source]:
    extras = list(ExtraWork.objects.filter(visit__work_order=order))
    offers = {
        offer.extra_work_id: offer
        for offer in ExtraWorkOffer.objects.filter(extra_work__in=extras).live().select_related("vat_code")
    }
    return [_extra(one, offers.get(one.pk), order, book) for one in extras]


def _extra(one: ExtraWork, offer: ExtraWorkOffer | None, order: WorkOrder, book: PriceBook) -> Source:
    """Extra work at the price that was offered. Without an offer, its hours at the normal rate show what is at stake."""
    rate = book.rate(RateKind.NORMAL, _day(one.at))
    if offer is not None:
        answer = "approved" if offer.status == OfferStatus.APPROVED else "waiting"
        quantity, price, code = offer.quantity, offer.unit_price, offer.vat_code
        unit, source, text = offer.unit, f"offer:{offer.pk}", offer.description
    else:
        answer = "declined" if one.status == "declined" else "unoffered"
        quantity, price = Decimal(one.hours), rate.price if rate else NOTHING
        code = rate.vat_code if rate else book.default_vat
        unit, source, text = Unit.HOUR, f"estimate:{rate.kind}" if rate else "", one.description
    return Source(
        "extra_work",
        one.pk,
        rules.Item(rules.EXTRA_WORK, quantity, Decimal(one.hours), answer=answer),
        {
            "kind": BillableKind.EXTRA_WORK,
            "description": " ".join(text.split())[:300],
            "unit": unit,
            "unit_price": price,
            "unit_cost": NOTHING,
            "price_source": source,
            **book.vat(code),
        },
        asked=rate.price if rate else NOTHING,
    )
