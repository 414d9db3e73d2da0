"""What a job's billables are made from: its evidence and what was agreed, each with its price looked up once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.core import formats
from apps.core.money import cents
from apps.field.models import ExtraWork, MaterialUsage, TimeEntry
from apps.maintenance.models import JobPrice
from apps.materials.models import Unit
from apps.pricing.book import PriceBook
from apps.pricing.models import RateKind
from apps.pricing.rules import Piece, hours_charged, hours_of, shares
from apps.quotes.models import LineKind, QuoteLine
from apps.review import rules
from apps.review.agreements import Agreement, accepted_lines, priced_as_agreed
from apps.review.models import Billable, BillableKind, Decision, ExtraWorkOffer, Fate, Finding
from apps.review.states import OfferStatus
from apps.workorders.models import WorkOrder
from apps.workorders.states import WorkOrderStatus

NOTHING = Decimal(0)
# What the price list asks has no discount, and is no agreement's.
AS_LISTED: dict[str, Any] = {"discount": NOTHING, "book_price": None}
Made = Mapping[tuple[str, int], Sequence[Billable]]


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


def sources_of(order: WorkOrder, made: Made | None = None) -> list[Source]:
    """Everything that must have a billable, in the order in which it uses up what was agreed.

    Time gives a source for each piece with a price of its own. `made` are the billables that are there: what they
    priced keeps its pieces, for a later price or window touches nothing that exists.
    """
    entries = list(
        TimeEntry.objects.filter(visit__work_order=order, ended_at__isnull=False)
        .exclude(kind="pause")
        .select_related("visit__technician__user")
        .order_by("started_at", "id")
    )
    usages = list(MaterialUsage.objects.filter(visit__work_order=order).select_related("material"))
    book = PriceBook(
        order.customer,
        technicians={entry.visit.technician_id for entry in entries},
        materials={usage.material_id for usage in usages if usage.material_id},
    )
    corrected = corrections_of(order)
    lines = accepted_lines(order)
    agreement = Agreement.of(order, lines)
    with translation.override(order.customer.language):
        return [
            *_agreed(lines),
            *_of_contract(order),
            *_times(entries, book, corrected, made or {}, agreement),
            *_materials(usages, book, corrected, made or {}, agreement),
            *_extra_work(order, book, made or {}),
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
    "maintenance.jobprice": "job_price",
}


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)


def _agreed(lines: Sequence[QuoteLine]) -> list[Source]:
    return [
        Source(
            "quote_line",
            line.pk,
            rules.Item(
                rules.AGREED,
                line.quantity,
                line.quantity,
                material=line.material_id if line.kind == LineKind.MATERIAL else None,
                estimates=_foretells(line),
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


def _of_contract(order: WorkOrder) -> list[Source]:
    """The price of a contract's visit. A job that was cancelled is no visit: nothing was agreed for it."""
    if order.status == WorkOrderStatus.CANCELLED:
        return []
    return [
        Source(
            "job_price",
            one.pk,
            rules.Item(rules.AGREED, Decimal(1), Decimal(1)),
            {
                "kind": BillableKind.AGREED,
                "description": one.description,
                "unit": Unit.PIECE,
                "unit_price": one.price,
                "unit_cost": NOTHING,
                "discount": NOTHING,
                "vat_code": one.vat_code,
                "vat_category": one.vat_category,
                "vat_rate": one.vat_rate,
                "price_source": f"contract:{one.contract_id}",
            },
        )
        for one in JobPrice.objects.filter(work_order=order).select_related("vat_code")
    ]


def _foretells(line: QuoteLine) -> str:
    """The kind of evidence that a line is an estimate of; nothing where nobody records it, as a call-out or a fee."""
    if line.kind == LineKind.MATERIAL:
        return rules.MATERIAL
    if line.kind == LineKind.LABOUR:
        return rules.TRAVEL if line.rate_kind == RateKind.TRAVEL else rules.WORK
    return ""


def _times(
    entries: Sequence[TimeEntry],
    book: PriceBook,
    corrected: dict[tuple[str, int], Decimal],
    made: Made,
    agreement: Agreement,
) -> list[Source]:
    charged: dict[int, Decimal] = {}
    groups: dict[tuple[int, str], list[TimeEntry]] = {}
    for entry in entries:
        groups.setdefault((entry.visit_id, entry.kind), []).append(entry)
    for group in groups.values():
        durations = [_length(entry) for entry in group]
        hours = hours_charged(durations, book.policy.round_minutes)
        charged |= dict(zip((entry.pk for entry in group), hours, strict=True))
    found = []
    for entry in entries:
        key = ("time_entry", entry.pk)
        quantity = corrected.get(key, charged[entry.pk])
        found += _time(entry, quantity, book, made.get(key, []), agreement)
    return found


def _length(entry: TimeEntry) -> timedelta:
    """Of a stretch that has ended, as all that are charged have."""
    return _stop(entry) - entry.started_at


def _stop(entry: TimeEntry) -> datetime:
    return entry.ended_at or entry.started_at


def _time(
    entry: TimeEntry, charged: Decimal, book: PriceBook, made: Sequence[Billable], agreement: Agreement
) -> list[Source]:
    """The pieces of one entry. What is charged beyond the recorded minutes stands with the last of them."""
    kind = rules.TRAVEL if entry.kind == "travel" else rules.WORK
    priced = _pieces_made(entry, made)
    if priced:
        starts = [row.starts_at or entry.started_at for row in priced]
        lengths = [stop - start for start, stop in pairwise([*starts, _stop(entry)])]
        values = [_as_made(row, start, kind, book) for row, start in zip(priced, starts, strict=True)]
    else:
        at_all_hours = RateKind.TRAVEL if kind == rules.TRAVEL else ""
        pieces = book.pieces(entry.started_at, _stop(entry), entry.visit.technician_id, kind=at_all_hours)
        lengths = [piece.length for piece in pieces]
        values = [_as_asked(piece, entry, book) for piece in pieces]
    exact = [hours_of(length) for length in lengths]
    found = []
    for quantity, recorded, one in zip(
        shares(charged, exact), shares(hours_of(_length(entry)), exact), values, strict=True
    ):
        item = rules.Item(kind, quantity, recorded, priced=bool(one["price_source"]))
        prices = agreement.hour(_kinds(one["rate_kind"], _day(one["starts_at"]), book))
        found += [Source("time_entry", entry.pk, *part) for part in priced_as_agreed(item, one, prices)]
    return found


def _kinds(kind: str, day: date, book: PriceBook) -> tuple[str, ...]:
    """A kind of hour, and the one whose rate stands for it where it has none."""
    rate = book.rate(kind, day) if kind != RateKind.TRAVEL else None
    return (kind, rate.kind) if rate else (kind,)


def _pieces_made(entry: TimeEntry, rows: Sequence[Billable]) -> list[Billable]:
    """The first billable of each piece, if they priced this entry as it is; none where it must be priced anew."""
    if not rows or not all(row.price_source for row in rows):
        return []
    if sum(row.recorded_quantity for row in rows) != hours_of(_length(entry)):
        return []
    firsts: dict[datetime, Billable] = {}
    for row in rows:
        firsts.setdefault(row.starts_at or entry.started_at, row)
    return [firsts[start] for start in sorted(firsts)] if min(firsts) == entry.started_at else []


def _as_made(row: Billable, start: datetime, kind: str, book: PriceBook) -> dict[str, Any]:
    names = (
        "kind", "description", "unit", "unit_price", "unit_cost", "price_source", "discount", "book_price",
    )  # fmt: skip
    values = {name: getattr(row, name) for name in names} | {"starts_at": start}
    values["rate_kind"] = row.rate_kind or (
        RateKind.TRAVEL if kind == rules.TRAVEL else book.week.kind(start)
    )
    if rules.is_agreed(row.price_source):
        return values | {name: getattr(row, name) for name in ("vat_code", "vat_category", "vat_rate")}
    return values | book.vat(row.vat_code)


def _as_asked(piece: Piece, entry: TimeEntry, book: PriceBook) -> dict[str, Any]:
    technician = entry.visit.technician
    asked = book.labour(piece.kind, technician.pk, piece.day)
    words = {
        "kind": RateKind(piece.kind).label,
        "day": formats.day_short(piece.day),
        "name": technician.user.name,
    }
    return {
        "kind": BillableKind.TIME,
        "starts_at": piece.start,
        "description": _("%(kind)s %(day)s, %(name)s") % words,
        "unit": Unit.HOUR,
        "rate_kind": piece.kind,
        "unit_price": asked.price,
        "unit_cost": asked.cost,
        "price_source": asked.source,
        **AS_LISTED,
        **book.vat(asked.vat_code),
    }


def _materials(
    usages: Sequence[MaterialUsage],
    book: PriceBook,
    corrected: dict[tuple[str, int], Decimal],
    made: Made,
    agreement: Agreement,
) -> list[Source]:
    found = []
    for usage in usages:
        asked = book.material(usage.material_id or 0, _day(usage.at))
        key = ("material_usage", usage.pk)
        # What a person said that it is worth, where no list does.
        said = (row.list_price for row in made.get(key, ()) if row.price_source in rules.BY_HAND)
        price = next(said, asked.price)
        item = rules.Item(
            rules.MATERIAL,
            corrected.get(key, usage.quantity),
            usage.quantity,
            priced=asked.price > 0,
            material=usage.material_id,
            extra=usage.extra_work_id,
            worth=cents(usage.quantity * price),
        )
        values = {
            "kind": BillableKind.MATERIAL,
            "description": usage.name,
            "unit": usage.unit,
            "unit_price": asked.price,
            "unit_cost": asked.cost,
            "price_source": asked.source,
            **AS_LISTED,
            **book.vat(asked.vat_code),
        }
        # Extra work is no part of what was agreed.
        prices = agreement.part(usage.material_id, usage.unit) if usage.extra_work_id is None else None
        found += [Source(*key, *part) for part in priced_as_agreed(item, values, prices)]
    return found


def _extra_work(order: WorkOrder, book: PriceBook, made: Made) -> list[Source]:
    extras = list(ExtraWork.objects.filter(visit__work_order=order))
    made_offers = ExtraWorkOffer.objects.filter(extra_work__in=extras).select_related("vat_code")
    offers: dict[int, list[ExtraWorkOffer]] = {}
    for offer in made_offers.order_by("pk"):
        offers.setdefault(offer.extra_work_id, []).append(offer)
    is_asked = _is_asked([row for rows in made.values() for row in rows if row.time_entry_id])
    return [_extra(one, offers.get(one.pk, []), book, is_asked=is_asked) for one in extras]


def _is_asked(times: Sequence[Billable]) -> bool:
    """An invoice, its draft, or what a person charged or corrected asks for the recorded time by the clock already."""
    if any(row.claimed for row in times) or any(row.proposal == rules.EXTRA_COVERS for row in times):
        return any(row.claimed for row in times)
    asked = [row for row in times if row.fate == Fate.BILLABLE and row.rate_kind != RateKind.TRAVEL]
    corrections = Billable.objects.filter(corrects__in=asked, kind=BillableKind.CORRECTION)
    return any(row.reason for row in asked) or (bool(asked) and corrections.exists())


def _hours(one: ExtraWork, offers: Sequence[ExtraWorkOffer]) -> Decimal:
    """Its hours to the thousandth at which they were offered: what is recorded of them is rounded to a hundredth."""
    offered = (offer.quantity for offer in offers if offer.unit == Unit.HOUR)
    return next((exact for exact in offered if cents(exact) == one.hours), Decimal(one.hours))


def _extra(one: ExtraWork, offers: Sequence[ExtraWorkOffer], book: PriceBook, *, is_asked: bool) -> Source:
    """Extra work at the price that was offered. Without an offer, its hours at the normal rate show what is at stake."""
    hour = book.labour(RateKind.NORMAL, None, _day(one.at))
    for_parts = None
    hours = _hours(one, offers)
    offer = next(
        (found for found in offers if found.status in (OfferStatus.SENT, OfferStatus.APPROVED)), None
    )
    if offer is not None:
        answer = "approved" if offer.status == OfferStatus.APPROVED else "waiting"
        quantity, price, code = offer.quantity, offer.unit_price, offer.vat_code
        unit, source, text = offer.unit, f"offer:{offer.pk}", offer.description
        for_parts = offer.for_parts
    else:
        answer = "declined" if one.status == "declined" else "unoffered"
        quantity, price, code = hours, hour.price, hour.vat_code
        unit, source, text = Unit.HOUR, f"estimate:{RateKind.NORMAL}" if hour.source else "", one.description
    return Source(
        "extra_work",
        one.pk,
        rules.Item(
            rules.EXTRA_WORK,
            quantity,
            hours,
            answer=answer,
            hours=quantity if unit == Unit.HOUR else hours,
            late=is_asked and answer == "approved",
            extra=one.pk,
            worth=for_parts,
        ),
        {
            "kind": BillableKind.EXTRA_WORK,
            "description": " ".join(text.split())[:300],
            "unit": unit,
            "unit_price": price,
            "unit_cost": NOTHING,
            "price_source": source,
            **book.vat(code),
        },
        asked=hour.price,
    )
