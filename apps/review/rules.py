"""Which fate each piece of evidence is proposed, how time is charged, and what makes a job worth a second look.

Pure: no database, no Django. docs/algorithms/ledger.md explains the table with a worked example.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

ZERO = Decimal(0)
# A unit price below this is asked with a reason.
NEAR_NOTHING = Decimal(1)

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
EXTRA_COVERS = "extra_covers"
ABOVE_OFFER = "above_offer"
ESTIMATE = "estimate"
ESTIMATE_LEFT = "estimate_left"
LATE = "late"
NOTHING = "nothing"

# where a price comes from: what the customer signed, or a person in the review, which no later count changes
AGREED_PRICE = "agreed:"
SET_HERE, CHANGED_HERE = "set in review", "changed in review"
BY_HAND = (SET_HERE, CHANGED_HERE)


def is_agreed(price_source: str) -> bool:
    return price_source.startswith(AGREED_PRICE)


def look(*values: object) -> str:
    """One word for what somebody looks at: another as soon as one of the values is another."""
    return hashlib.sha256("|".join(map(str, values)).encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Item:
    """One piece of evidence, or one agreed line.

    `charged` and `recorded` are hours, pieces, metres. `material` identifies the part, used or agreed.
    `answer` is what became of extra work: approved, waiting (offered), unoffered or declined; `hours` are those that it
    asks for. `estimates` is what an agreed line foretells: a kind that is recorded, or nothing, as a call-out or a fee.
    """

    kind: str
    charged: Decimal
    recorded: Decimal
    priced: bool = True
    material: int | None = None
    answer: str = ""
    hours: Decimal | None = None
    late: bool = False
    estimates: str = ""
    # of extra work itself, and of a part that was used for it
    extra: int | None = None
    # euros: what a part asks by the list, and what an offer of extra work has left for parts; None is enough for any
    worth: Decimal | None = None


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
    running: bool
    limits_hours: bool
    hours: Decimal  # of work that are asked by themselves
    extra: Decimal  # of work that extra work asks for
    in_time: Decimal  # of recorded work that no extra work is about yet
    materials: dict[int, Decimal] = field(default_factory=dict)
    recorded: dict[str | int, Decimal] = field(default_factory=dict)
    # extra work that the customer was asked about: the answer, and what its offer has left for parts
    offered: dict[int | None, str] = field(default_factory=dict)
    for_parts: dict[int | None, Decimal | None] = field(default_factory=dict)


def propose(
    items: Sequence[Item],
    *,
    basis: str,
    sold_hours: Decimal,
    charge_travel: bool = True,
    running: bool = False,
) -> list[list[Part]]:
    """The proposed parts of each item, in the order of `items`. The parts of an item add up to the item.

    `running` says that the technician is not done: what was estimated may still be recorded.
    """
    recorded: dict[str | int, Decimal] = {}
    offered: dict[int | None, str] = {
        one.extra: one.answer
        for one in items
        if one.kind == EXTRA_WORK and one.extra is not None and not one.late and one.answer != "unoffered"
    }
    for one in items:
        if one.kind in (WORK, TRAVEL, MATERIAL) and not (one.kind == MATERIAL and one.extra in offered):
            name = one.material if one.kind == MATERIAL and one.material is not None else one.kind
            recorded[name] = recorded.get(name, ZERO) + one.charged
    extra = sum((_asks(one) for one in items if _covers(one, basis)), ZERO)
    work = recorded.get(WORK, ZERO)
    exists = any(one.kind == AGREED for one in items)
    # Hours that were sold are a limit where a price was agreed for them, or where they alone were agreed.
    limits_hours = basis == SOLD_HOURS or (basis == FIXED_PRICE and exists and sold_hours > 0)
    agreement = _Agreement(
        basis=basis,
        exists=exists,
        limits_hours=limits_hours,
        charge_travel=charge_travel,
        running=running,
        hours=_by_the_clock(items, work, sold_hours, exists) if limits_hours else max(work - extra, ZERO),
        extra=extra,
        in_time=work - extra,
        recorded=recorded,
        offered=offered,
        for_parts={one.extra: one.worth for one in items if one.kind == EXTRA_WORK},
    )
    for one in items:
        if one.kind == AGREED and one.material is not None:
            agreement.materials[one.material] = agreement.materials.get(one.material, ZERO) + one.charged
    return [_parts(one, agreement) for one in items]


def _by_the_clock(items: Sequence[Item], work: Decimal, sold: Decimal, exists: bool) -> Decimal:
    """The sold hours. Where no agreement asks for them the clock does, but not for those that an offer asks for."""
    offered = (
        one
        for one in items
        if one.kind == EXTRA_WORK and not one.late and one.answer in ("approved", "waiting")
    )
    return sold if exists else min(sold, max(work - sum(map(_asks, offered), ZERO), ZERO))


def _asks(extra: Item) -> Decimal:
    return extra.recorded if extra.hours is None else extra.hours


def _covers(item: Item, basis: str) -> bool:
    """The hours of extra work stand among the recorded ones: what it asks for them, time must not ask again.

    Also after a *no*: a person says once what becomes of those hours.
    """
    return item.kind == EXTRA_WORK and not item.late and (basis != ACTUALS or item.answer != "unoffered")


def _parts(item: Item, agreement: _Agreement) -> list[Part]:
    if item.kind == AGREED:
        return _agreed(item, agreement)
    if item.kind == EXTRA_WORK:
        return [_extra_work(item, agreement)]
    if item.charged <= 0:
        return [_whole(item, INCLUDED, NOTHING)]
    if item.kind == MATERIAL and item.extra in agreement.offered:
        return [_whole(item, *_by_offer(item, agreement))]
    if item.kind == MATERIAL and item.material is None and not item.priced:
        return [_whole(item, PENDING, UNPRICED)]  # not in the catalogue: nobody knows yet what it is worth
    if item.kind == TRAVEL and not agreement.charge_travel:
        return [_whole(item, INCLUDED, TRAVEL_FREE)]
    if agreement.basis == FIXED_PRICE:
        return _fixed(item, agreement)
    if item.kind == WORK:
        return _work(item, agreement)
    if agreement.basis == SOLD_HOURS and item.kind == TRAVEL and agreement.exists:
        return [_whole(item, INCLUDED, IN_AGREEMENT)]
    if agreement.basis == SOLD_HOURS and agreement.materials:
        return _agreed_material(item, agreement)
    return [_charge(item)]


def _by_offer(item: Item, agreement: _Agreement) -> tuple[str, str]:
    """An offer asks for its parts, as far as it goes. After a no a person says what becomes of them."""
    if agreement.offered[item.extra] == "declined":
        return (PENDING, EXTRA_DECLINED)
    left = agreement.for_parts[item.extra]
    if left is None:
        return (INCLUDED, EXTRA_COVERS)
    worth = item.worth or ZERO
    if not worth:
        return (PENDING, UNPRICED)  # nobody knows whether it fits
    if worth > left:
        return (PENDING, ABOVE_OFFER)
    agreement.for_parts[item.extra] = left - worth
    return (INCLUDED, EXTRA_COVERS)


def _fixed(item: Item, agreement: _Agreement) -> list[Part]:
    """A fixed price includes what was reckoned with. What goes beyond it is for somebody to decide."""
    if item.kind == WORK and (agreement.limits_hours or not agreement.exists):
        return _work(item, agreement)
    if not agreement.exists:
        return [_whole(item, PENDING, NO_AGREEMENT)]
    if item.kind == MATERIAL and agreement.materials:
        return _agreed_material(item, agreement)
    return [_whole(item, INCLUDED, IN_AGREEMENT)]


def _agreed(item: Item, agreement: _Agreement) -> list[Part]:
    """What was agreed is asked; what was estimated is not, beside the recorded work that it foretold."""
    is_estimate = agreement.basis == ACTUALS and item.estimates
    if not is_estimate or (item.estimates == TRAVEL and not agreement.charge_travel):
        return [_whole(item, BILLABLE, AS_AGREED)]
    name = item.material if item.estimates == MATERIAL and item.material is not None else item.estimates
    used = min(item.charged, agreement.recorded.get(name, ZERO))
    agreement.recorded[name] = agreement.recorded.get(name, ZERO) - used
    if used > 0 and not agreement.running:
        used = item.charged
    return _split(item, (used, INCLUDED, ESTIMATE), (None, PENDING, ESTIMATE_LEFT))


def _work(item: Item, agreement: _Agreement) -> list[Part]:
    """Hours that are asked by themselves, then those that extra work asks for, then those that nobody agreed to."""
    own = min(item.charged, agreement.hours)
    extra = min(item.charged - own, agreement.extra)
    agreement.hours -= own
    agreement.extra -= extra
    return _split(
        item,
        (own, *_by_themselves(item, agreement)),
        (extra, INCLUDED, EXTRA_COVERS),
        (None, PENDING, ABOVE_SOLD),
    )


def _by_themselves(item: Item, agreement: _Agreement) -> tuple[str, str]:
    """Sold hours are in the agreed price, or charged when hours were sold without a priced agreement."""
    if agreement.limits_hours and agreement.exists:
        return (INCLUDED, WITHIN_SOLD)
    if agreement.basis == FIXED_PRICE:
        return (PENDING, NO_AGREEMENT)
    if not item.priced:
        return (PENDING, UNPRICED)
    return (BILLABLE, WITHIN_SOLD if agreement.basis == SOLD_HOURS else AS_RECORDED)


def _agreed_material(item: Item, agreement: _Agreement) -> list[Part]:
    left = agreement.materials.get(item.material or 0, ZERO)
    used = min(item.charged, left)
    if item.material is not None:
        agreement.materials[item.material] = left - used
    return _split(item, (used, INCLUDED, IN_AGREEMENT), (None, PENDING, ABOVE_AGREED))


def _split(item: Item, *shares: tuple[Decimal | None, str, str]) -> list[Part]:
    """The item shared out in turn: so much of it with this fate; None takes the rest. What was recorded goes alike."""
    charged, recorded = item.charged, item.recorded
    parts: list[Part] = []
    for share, fate, why in shares:
        used = charged if share is None else min(share, charged)
        if used <= 0:
            continue
        charged -= used
        part = recorded if charged <= 0 else min(used, recorded)
        recorded -= part
        parts.append(Part(used, part, fate, why))
    if not parts:
        _share, fate, why = shares[0]
        return [_whole(item, fate, why)]
    return parts


def _extra_work(item: Item, agreement: _Agreement) -> Part:
    if item.late:
        # The time that it covers stands on an invoice already: somebody has to say what is still asked.
        return _whole(item, PENDING, LATE)
    if item.answer == "approved":
        return _whole(item, BILLABLE, EXTRA_APPROVED)
    if item.answer == "waiting":
        return _whole(item, PENDING, EXTRA_WAITING)
    if item.answer == "declined":
        return _whole(item, PENDING, EXTRA_DECLINED)
    if agreement.basis == ACTUALS and _asks(item) <= agreement.in_time:
        # Its hours and parts stand among the recorded ones, which are all charged.
        agreement.in_time -= _asks(item)
        return _whole(item, INCLUDED, EXTRA_IN_TIME)
    return _whole(item, PENDING, EXTRA_UNOFFERED)


def _charge(item: Item) -> Part:
    return _whole(item, BILLABLE, AS_RECORDED) if item.priced else _whole(item, PENDING, UNPRICED)


def _whole(item: Item, fate: str, why: str) -> Part:
    return Part(item.charged, item.recorded, fate, why)


# What an agreement covers: to include it takes nothing away from anybody.
COVERED = frozenset({IN_AGREEMENT, WITHIN_SOLD, TRAVEL_FREE, EXTRA_IN_TIME, EXTRA_COVERS, ESTIMATE, NOTHING})


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
