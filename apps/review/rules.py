"""Which fate each piece of evidence is proposed, how time is charged, and what makes a job worth a second look.

Pure: no database, no Django. docs/algorithms/ledger.md explains the table with a worked example.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

ZERO = Decimal(0)

# billing bases
FIXED_PRICE, SOLD_HOURS, ACTUALS = "fixed_price", "sold_hours", "actuals"
# kinds of item
WORK, TRAVEL, MATERIAL, EXTRA_WORK, AGREED = "work", "travel", "material", "extra_work", "agreed"
# fates
PENDING, BILLABLE, INCLUDED = "pending", "billable", "included"
# why a fate is proposed; `states.Proposal` has the words
AS_AGREED = "as_agreed"
AS_RECORDED = "as_recorded"
IN_AGREEMENT = "in_agreement"
NO_AGREEMENT = "no_agreement"
WITHIN_SOLD = "within_sold"
ABOVE_SOLD = "above_sold"
ABOVE_AGREED = "above_agreed"
TRAVEL_FREE = "travel_free"
UNPRICED = "unpriced"
EXTRA_APPROVED = "extra_approved"
EXTRA_WAITING = "extra_waiting"
EXTRA_UNOFFERED = "extra_unoffered"
EXTRA_DECLINED = "extra_declined"
EXTRA_IN_TIME = "extra_in_time"


def look(*values: object) -> str:
    """One word for what somebody looks at: another as soon as one of the values is another."""
    return hashlib.sha256("|".join(map(str, values)).encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Item:
    """One piece of evidence, or one agreed line.

    `charged` and `recorded` are hours, pieces, metres. `material` identifies the part, used or agreed.
    `answer` is what became of extra work: approved, waiting (offered), unoffered or declined.
    """

    kind: str
    charged: Decimal
    recorded: Decimal
    priced: bool = True
    material: int | None = None
    answer: str = ""


@dataclass(frozen=True)
class Part:
    """A share of one item with one proposed fate. Most items are one part; what straddles a limit is two."""

    charged: Decimal
    recorded: Decimal
    fate: str
    why: str


@dataclass
class _Agreement:
    """What is left of what was agreed, while the items are gone through in their order."""

    basis: str
    exists: bool
    charge_travel: bool
    hours: Decimal
    limits_hours: bool
    materials: dict[int, Decimal] = field(default_factory=dict)


def propose(
    items: Sequence[Item], *, basis: str, sold_hours: Decimal, charge_travel: bool = True
) -> list[list[Part]]:
    """The proposed parts of each item, in the order of `items`. The parts of an item add up to the item."""
    agreed = [one for one in items if one.kind == AGREED]
    # The hours of extra work stand among the recorded ones: what it asks for them, time must not ask again.
    extra = sum((one.recorded for one in items if one.kind == EXTRA_WORK and one.answer != "declined"), ZERO)
    agreement = _Agreement(basis, bool(agreed), charge_travel, sold_hours + extra, sold_hours > 0)
    for one in agreed:
        if one.material is not None:
            agreement.materials[one.material] = agreement.materials.get(one.material, ZERO) + one.charged
    return [_parts(one, agreement) for one in items]


def _parts(item: Item, agreement: _Agreement) -> list[Part]:
    if item.kind == AGREED:
        return [_whole(item, BILLABLE, AS_AGREED)]
    if item.kind == EXTRA_WORK:
        return [_extra_work(item, agreement.basis)]
    if item.kind == TRAVEL and not agreement.charge_travel:
        return [_whole(item, INCLUDED, TRAVEL_FREE)]
    if agreement.basis == FIXED_PRICE:
        return _fixed(item, agreement)
    if agreement.basis == SOLD_HOURS and item.kind == WORK:
        return _sold(item, agreement)
    if agreement.basis == SOLD_HOURS and item.kind == TRAVEL and agreement.exists:
        return [_whole(item, INCLUDED, IN_AGREEMENT)]
    if agreement.basis == SOLD_HOURS and agreement.materials:
        return _agreed_material(item, agreement)
    return [_charge(item)]


def _fixed(item: Item, agreement: _Agreement) -> list[Part]:
    """A fixed price includes what was reckoned with. What goes beyond it is for somebody to decide."""
    if not agreement.exists:
        return [_whole(item, PENDING, NO_AGREEMENT)]
    if item.kind == WORK and agreement.limits_hours:
        return _sold(item, agreement)
    if item.kind == MATERIAL and agreement.materials:
        return _agreed_material(item, agreement)
    return [_whole(item, INCLUDED, IN_AGREEMENT)]


def _sold(item: Item, agreement: _Agreement) -> list[Part]:
    """Hours up to those sold are in the agreed price, or charged when hours were sold without a priced agreement."""
    within = (INCLUDED, WITHIN_SOLD) if agreement.exists else (BILLABLE, WITHIN_SOLD)
    if not item.priced and not agreement.exists:
        within = (PENDING, UNPRICED)
    used = min(item.charged, agreement.hours)
    agreement.hours -= used
    return _split(item, used, within, (PENDING, ABOVE_SOLD))


def _agreed_material(item: Item, agreement: _Agreement) -> list[Part]:
    left = agreement.materials.get(item.material or 0, ZERO)
    used = min(item.charged, left)
    if item.material is not None:
        agreement.materials[item.material] = left - used
    return _split(item, used, (INCLUDED, IN_AGREEMENT), (PENDING, ABOVE_AGREED))


def _split(item: Item, used: Decimal, within: tuple[str, str], above: tuple[str, str]) -> list[Part]:
    """`used` of the item goes `within`, the rest `above`; what was recorded is shared out alike."""
    if used >= item.charged:
        return [_whole(item, *within)]
    if used <= 0:
        return [_whole(item, *above)]
    recorded = min(used, item.recorded)
    return [
        Part(used, recorded, *within),
        Part(item.charged - used, item.recorded - recorded, *above),
    ]


def _extra_work(item: Item, basis: str) -> Part:
    if item.answer == "approved":
        return _whole(item, BILLABLE, EXTRA_APPROVED)
    if item.answer == "waiting":
        return _whole(item, PENDING, EXTRA_WAITING)
    if basis == ACTUALS:
        # Its hours and parts stand among the recorded ones, which are all charged.
        return _whole(item, INCLUDED, EXTRA_IN_TIME)
    return _whole(item, PENDING, EXTRA_DECLINED if item.answer == "declined" else EXTRA_UNOFFERED)


def _charge(item: Item) -> Part:
    return _whole(item, BILLABLE, AS_RECORDED) if item.priced else _whole(item, PENDING, UNPRICED)


def _whole(item: Item, fate: str, why: str) -> Part:
    return Part(item.charged, item.recorded, fate, why)


# What an agreement covers: to include it takes nothing away from anybody.
COVERED = frozenset({IN_AGREEMENT, WITHIN_SOLD, TRAVEL_FREE, EXTRA_IN_TIME})


def given_up(*, recorded: Decimal, charged: Decimal, fate: str, why: str) -> Decimal:
    """Euros that a decision takes away from what was recorded: what is neither charged nor covered by an agreement."""
    if fate == INCLUDED and why in COVERED:
        return ZERO
    return max(recorded - (charged if fate == BILLABLE else ZERO), ZERO)


# Risk


@dataclass(frozen=True)
class Signs:
    """What is known of a job that comes up for review."""

    sold_hours: Decimal = ZERO
    worked_hours: Decimal = ZERO
    photos_missing: bool = False
    extra_work_open: int = 0
    deviations_open: int = 0
    unsigned: bool = False
    unpriced: int = 0
    returned: bool = False


OVER_SOLD, NO_PHOTO, OPEN_EXTRA, DEVIATION, UNSIGNED, NO_PRICE, WAS_RETURNED = (
    "over_sold", "no_photo", "open_extra", "deviation", "unsigned", "no_price", "was_returned"
)  # fmt: skip
_WEIGHTS = {
    OVER_SOLD: 2, NO_PHOTO: 2, OPEN_EXTRA: 2, DEVIATION: 2, UNSIGNED: 1, NO_PRICE: 2, WAS_RETURNED: 1
}  # fmt: skip


def risks(signs: Signs) -> list[str]:
    """The reasons to look twice, the heaviest first."""
    found = {
        OVER_SOLD: signs.sold_hours > 0 and signs.worked_hours > signs.sold_hours,
        NO_PHOTO: signs.photos_missing,
        OPEN_EXTRA: signs.extra_work_open > 0,
        DEVIATION: signs.deviations_open > 0,
        NO_PRICE: signs.unpriced > 0,
        UNSIGNED: signs.unsigned,
        WAS_RETURNED: signs.returned,
    }
    return sorted((name for name, present in found.items() if present), key=lambda name: -_WEIGHTS[name])


def risk_level(found: Sequence[str]) -> str:
    """none, low, medium or high."""
    weight = sum(_WEIGHTS[one] for one in found)
    return "none" if not weight else "low" if weight == 1 else "medium" if weight <= 3 else "high"
