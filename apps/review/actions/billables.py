"""Making billables: one per piece of evidence and per agreed line, with the fate that is proposed."""

from typing import Any

from apps.core import clock
from apps.pricing.models import PricingPolicy
from apps.review import rules
from apps.review.models import Billable
from apps.review.sources import Source, sources_of
from apps.workorders.models import WorkOrder

Key = tuple[str, int]
SOURCE_FIELDS = ("quote_line", "time_entry", "material_usage", "extra_work")


def billables_sync(order: WorkOrder, *, again: frozenset[Key] = frozenset()) -> None:
    """Give every source its billables. What somebody decided stays, unless the source itself changed.

    `again` names sources to propose anew. The caller holds the locks of the order and its review.
    """
    sources = sources_of(order)
    proposals = rules.propose(
        [source.item for source in sources],
        basis=order.billing_basis,
        sold_hours=order.sold_hours,
        charge_travel=_charge_travel(),
    )
    existing: dict[Key, list[Billable]] = {}
    for row in Billable.objects.filter(work_order=order, kind__in=_KINDS).order_by("id"):
        existing.setdefault(_key(row), []).append(row)
    first: list[Billable] = []
    later: list[tuple[Key, Billable]] = []
    for source, parts in zip(sources, proposals, strict=True):
        rows = existing.get(source.key, [])
        if rows and source.key not in again and not _open_to_change(rows, source):
            continue
        for number, part in enumerate(parts):
            values = _values(source, part)
            if number < len(rows):
                _update(rows[number], values)
            elif number == 0:
                first.append(Billable(work_order=order, created_at=clock.now(), **values))
            else:
                later.append((source.key, Billable(work_order=order, created_at=clock.now(), **values)))
        for surplus in reversed(rows[len(parts) :]):
            surplus.delete()
    Billable.objects.bulk_create(first, ignore_conflicts=True)
    if later:
        heads = {
            _key(row): row
            for row in Billable.objects.filter(work_order=order, corrects=None, kind__in=_KINDS)
        }
        for key, row in later:
            row.corrects = heads[key]
        Billable.objects.bulk_create([row for _key, row in later])


_KINDS = ("time", "material", "extra_work", "agreed", "call_out")


def _charge_travel() -> bool:
    from_policy = PricingPolicy.objects.values_list("charge_travel", flat=True).first()
    return True if from_policy is None else from_policy


def _key(row: Billable) -> Key:
    for field in SOURCE_FIELDS:
        if (pk := getattr(row, f"{field}_id")) is not None:
            return (field, pk)
    return ("", row.pk)


def _open_to_change(rows: list[Billable], source: Source) -> bool:
    """Nobody decided about it yet, or the technician changed it after all."""
    if all(row.decided_at is None for row in rows):
        return True
    return sum((row.recorded_quantity for row in rows), rules.ZERO) != source.item.recorded


def _values(source: Source, part: rules.Part) -> dict[str, Any]:
    return source.values | {
        f"{source.field}_id": source.pk,
        "quantity": part.charged,
        "recorded_quantity": part.recorded,
        "fate": part.fate,
        "proposal": part.why,
        "reason": "",
        "decided_by": None,
        "decided_at": None,
    }


def _update(row: Billable, values: dict[str, Any]) -> None:
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
