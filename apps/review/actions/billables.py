"""Making billables: one per piece of evidence and per agreed line, with the fate that is proposed.

They are made from the first minute: whatever changes the evidence or the agreement marks the job (`sql/stale.sql`), and
`catching_up` brings the marked jobs up to date. A review finds them there, and decides.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import ProtectedError, Q

from apps.core import clock
from apps.core.changes import assign
from apps.field.models import ExtraWork
from apps.pricing.models import PricingPolicy
from apps.review import rules
from apps.review.actions.deposits import deposit_make
from apps.review.actions.fates import corrections_wait, fate_propose
from apps.review.models import Billable, ExtraWorkOffer, Fate
from apps.review.sources import Source, sources_of
from apps.review.states import OfferStatus, Proposal
from apps.workorders.models import WorkOrder
from apps.workorders.states import DONE, WorkOrderStatus

Key = tuple[str, int]
Wanted = tuple[Source, dict[str, Any]]
SOURCE_FIELDS = ("quote_line", "job_price", "time_entry", "material_usage", "extra_work")


def billables_sync(order: WorkOrder, *, again: frozenset[Key] = frozenset()) -> None:
    """Give every source its billables. What somebody decided stays, unless the source itself changed.

    `again` names sources to propose anew. The caller holds the locks of the order and its review.
    """
    existing: dict[Key, list[Billable]] = {}
    made = Billable.objects.filter(work_order=order, kind__in=_KINDS).select_related("vat_code")
    for row in made.order_by("id"):
        existing.setdefault(_key(row), []).append(row)
    sources = sources_of(order, existing)
    proposals = rules.propose(
        [source.item for source in sources],
        basis=order.billing_basis,
        sold_hours=_sold_hours(order, sources),
        charge_travel=_charge_travel(),
        running=order.status not in DONE,
    )
    wanted: dict[Key, list[Wanted]] = {}
    for source, parts in zip(sources, proposals, strict=True):
        wanted.setdefault(source.key, []).extend((source, _values(source, part)) for part in parts)
    new: dict[Key, list[Wanted]] = {}
    changed: list[Billable] = []
    for key, parts_of in wanted.items():
        rows = existing.get(key, [])
        if not rows:
            new[key] = parts_of
        elif key in again or _open_to_change(rows, parts_of):
            changed += rows if _bring_up_to_date(order, rows, parts_of) else []
    if changed:
        corrections_wait(Billable.objects.filter(pk__in=[row.pk for row in changed]))
    _make(order, new)
    deposit_make(order)


def _sold_hours(order: WorkOrder, sources: Sequence[Source]) -> Decimal:
    """None are left of a cancelled job whose agreement went elsewhere: a person says what recorded hours ask."""
    is_gone = order.status == WorkOrderStatus.CANCELLED and all(one.field != "quote_line" for one in sources)
    return rules.ZERO if is_gone else order.sold_hours


def _make(order: WorkOrder, wanted: dict[Key, list[Wanted]]) -> None:
    """New billables: of each source one, and what more there is of it pointing at that one."""
    now = clock.now()
    firsts = [Billable(work_order=order, created_at=now, **parts[0][1]) for parts in wanted.values()]
    Billable.objects.bulk_create(firsts, ignore_conflicts=True)
    more = {key: parts[1:] for key, parts in wanted.items() if len(parts) > 1}
    if not more:
        return
    heads = {
        _key(row): row for row in Billable.objects.filter(work_order=order, corrects=None, kind__in=_KINDS)
    }
    Billable.objects.bulk_create(
        [
            Billable(work_order=order, created_at=now, corrects=heads[key], **values)
            for key, parts in more.items()
            if key
            in heads  # else another job's invoice asks for it: what was billed before this one was made
            for _source, values in parts
        ]
    )


def _bring_up_to_date(order: WorkOrder, rows: list[Billable], wanted: list[Wanted]) -> bool:
    """The rows of one source as they are wanted now: each piece of time by the row of that piece. Do they ask something else?"""
    before = [_asks(row) for row in rows]
    head, rest = rows[0], rows[1:]
    added = []
    for number, (source, values) in enumerate(wanted):
        start = values.get("starts_at")
        row = head if number == 0 else next((one for one in rest if one.starts_at in (None, start)), None)
        if row is None:
            added.append(Billable(work_order=order, created_at=clock.now(), corrects=head, **values))
            continue
        if number:
            rest.remove(row)
        _update(row, values, source, keep=row.starts_at in (None, start))
    for surplus in reversed(rest):
        _drop(surplus)
    Billable.objects.bulk_create(added)
    return bool(added) or before != [_asks(row) for row in rows]


def _asks(row: Billable) -> tuple[str, Decimal, Decimal]:
    return row.fate, row.quantity, row.unit_price


def _drop(row: Billable) -> None:
    """A piece that is no longer wanted goes; one that was corrected, or credited, stays below that, at nothing."""
    try:
        row.delete()
    except ProtectedError:
        bring_to_nothing(row)


def bring_to_nothing(row: Billable) -> None:
    """What is asked elsewhere in its place keeps its row, for its history, and asks nothing."""
    nothing = {"quantity": rules.ZERO, "recorded_quantity": rules.ZERO, "proposal": rules.NOTHING}
    if changed := fate_propose(row, Fate.INCLUDED) + assign(row, nothing):
        row.save(update_fields=changed)


_KINDS = ("time", "material", "extra_work", "agreed", "call_out")


def came_in_late(order: WorkOrder) -> None:
    """What came in after the approval waits, pending, for somebody to review again. What was decided stays."""
    known = {_key(row) for row in Billable.objects.filter(work_order=order)}
    late: dict[Key, list[Wanted]] = {}
    for source in sources_of(order):
        if source.key not in known:
            part = rules.Part(source.item.charged, source.item.recorded, Fate.PENDING, Proposal.LATE)
            late.setdefault(source.key, []).append((source, _values(source, part)))
    _make(order, late)


def answer_late(order: WorkOrder, extra_work: ExtraWork) -> None:
    """A yes that comes after the review charged nothing for it puts what was agreed before somebody, as an open item."""
    key = ("extra_work", extra_work.pk)
    rows = list(Billable.objects.filter(work_order=order, extra_work=extra_work).order_by("id"))
    offer = ExtraWorkOffer.objects.filter(extra_work=extra_work, status=OfferStatus.APPROVED).first()
    if offer is None or not rows or any(row.fate in (Fate.BILLABLE, Fate.PENDING) for row in rows):
        return
    source = next(one for one in sources_of(order) if one.key == key)
    part = rules.Part(source.item.charged, rules.ZERO, Fate.PENDING, Proposal.LATE)
    Billable.objects.create(
        work_order=order, corrects=rows[0], created_at=clock.now(), **_values(source, part)
    )


def declined_late(order: WorkOrder, extra_work: ExtraWork) -> None:
    """A no to what the review settled, and what cannot be opened any more, puts an open item before somebody.

    It asks nothing while an invoice asks for the work already, and the hours that were left to the extra work if not.
    """
    key = ("extra_work", extra_work.pk)
    rows = list(Billable.objects.filter(work_order=order, extra_work=extra_work).order_by("id"))
    if not rows or any(row.fate in (Fate.PENDING, Fate.WRITTEN_OFF) for row in rows):
        return
    source = next(one for one in sources_of(order) if one.key == key)
    left = Billable.objects.filter(work_order=order, proposal=rules.EXTRA_COVERS, claimed=False)
    is_open = left.exists() and not any(row.fate == Fate.BILLABLE for row in rows)
    asked = source.item.charged if is_open else rules.ZERO
    part = rules.Part(asked, rules.ZERO, Fate.PENDING, rules.EXTRA_DECLINED)
    Billable.objects.create(
        work_order=order, corrects=rows[0], created_at=clock.now(), **_values(source, part)
    )


def agreed_after_all(order: WorkOrder) -> frozenset[Key]:
    """Extra work that waits since a late no, and to which the customer said yes when it was offered anew."""
    offers = ExtraWorkOffer.objects.filter(status=OfferStatus.APPROVED, extra_work__visit__work_order=order)
    rows = Billable.objects.filter(work_order=order, extra_work__in=offers.values("extra_work"))
    waiting = rows.pending().filter(proposal=Proposal.EXTRA_DECLINED).exclude(
        extra_work__in=rows.filter(claimed=True).values("extra_work")
    )  # fmt: skip
    return frozenset(("extra_work", pk) for pk in waiting.values_list("extra_work", flat=True))


def proposed_late(order: WorkOrder, entry: int) -> None:
    """Another end of work than the one that an invoice asks for: an open item of nothing puts it before somebody."""
    rows = Billable.objects.filter(work_order=order, time_entry=entry).order_by("id")
    head = rows.first()
    if head is None or rows.pending().exists():
        return
    source = next(one for one in sources_of(order) if one.key == ("time_entry", entry))
    part = rules.Part(rules.ZERO, rules.ZERO, Fate.PENDING, Proposal.LATE)
    values = _values(source, part) | {"starts_at": None}
    Billable.objects.create(work_order=order, corrects=head, created_at=clock.now(), **values)


def covered_of(order: WorkOrder, extra_work: ExtraWork) -> frozenset[Key]:
    """The time, and the parts of extra work, that this extra work may come to ask for, or asks no more.

    No invoice asks for them, and nobody gave a reason for their fate, or corrected them. Its own parts go along with its
    offer all the same, unless somebody charged them beside it.
    """
    can_be = Q(kind="time") | Q(kind="material", material_usage__extra_work__isnull=False)
    rows = Billable.objects.filter(can_be, work_order=order, claimed=False).select_related("material_usage")
    by_hand = {row.pk for row in rows.filter(Q(reason__gt="") | Q(corrections__kind="correction"))}
    is_offered = ExtraWorkOffer.objects.filter(extra_work=extra_work).live().exists()
    is_beside = (rules.EXTRA_COVERS, rules.ABOVE_OFFER)
    along = {
        row.pk
        for row in rows
        if row.material_usage
        and row.material_usage.extra_work_id == extra_work.pk
        and (
            row.fate == Fate.BILLABLE and row.proposal not in is_beside
            if is_offered
            else row.fate == Fate.INCLUDED
        )
    }
    claimed = Billable.objects.filter(can_be, work_order=order, claimed=True)
    kept = {_key(row) for row in [*claimed, *(row for row in rows if row.pk in by_hand - along)]}
    return frozenset(_key(row) for row in rows) - kept


def _charge_travel() -> bool:
    from_policy = PricingPolicy.objects.values_list("charge_travel", flat=True).first()
    return True if from_policy is None else from_policy


def _key(row: Billable) -> Key:
    for field in SOURCE_FIELDS:
        if (pk := getattr(row, f"{field}_id")) is not None:
            return (field, pk)
    return ("", row.pk)


def _open_to_change(rows: list[Billable], wanted: list[Wanted]) -> bool:
    """Nobody decided about it yet, or the technician changed it after all. Of what an invoice asks for nothing changes:
    a piece that did would be asked twice, or not at all."""
    if all(row.decided_at is None for row in rows):
        return True
    if any(row.claimed for row in rows):
        return False
    recorded = sum((values["recorded_quantity"] for _source, values in wanted), rules.ZERO)
    return sum((row.recorded_quantity for row in rows), rules.ZERO) != recorded


def _values(source: Source, part: rules.Part) -> dict[str, Any]:
    return source.values | {
        f"{source.field}_id": source.pk,
        "list_price": source.list_price,
        "quantity": part.charged,
        "recorded_quantity": part.recorded,
        "fate": part.fate,
        "proposal": part.why,
        "reason": "",
        "decided_by": None,
        "decided_at": None,
    }


def _update(row: Billable, values: dict[str, Any], source: Source, *, keep: bool = True) -> None:
    """Bring a row up to date. A price that was found once stays, as long as it is that of the same piece.

    One that the customer signed holds whatever was found before, but for what a person set.
    """
    values = dict(values)
    by_hand = row.price_source in rules.BY_HAND
    if keep and row.price_source and (by_hand or not rules.is_agreed(values["price_source"])):
        values.pop("list_price")
        if source.field != "extra_work":
            for name in ("unit_price", "unit_cost", "price_source"):
                values.pop(name)
            if by_hand or rules.is_agreed(row.price_source):
                for name in ("discount", "book_price", "vat_code", "vat_category", "vat_rate"):
                    values.pop(name, None)
    if changed := fate_propose(row, values.pop("fate")) + assign(row, values):
        row.save(update_fields=changed)
