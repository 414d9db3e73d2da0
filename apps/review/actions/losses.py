"""What a decision gives up, and who may give up how much: `PricingPolicy.loss_limit`."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from apps.core import formats
from apps.core.actors import Actor
from apps.core.refusals import Forbidden
from apps.pricing.lookup import policy
from apps.review import rules
from apps.review.models import Billable, BillableKind, ExtraWorkOffer, Fate
from apps.review.sources import FIELD_OF
from apps.workorders.models import WorkOrder


def loss_check(by: Actor, loss: Decimal) -> None:
    """Raises Forbidden for who may not give up so many euros of one item."""
    limit = policy().loss_limit
    if loss > limit and not by.may("write_off"):
        raise Forbidden(
            _("This gives up %(loss)s. More than %(limit)s needs the right to write off.")
            % {"loss": formats.money(loss), "limit": formats.money(limit)}
        )


def decision_check(row: Billable, fate: str, *, by: Actor) -> None:
    """Raises Forbidden when this fate gives up too much, with what was given up already of the same piece of evidence."""
    loss = given_up(row, fate)
    if loss > 0:
        loss_check(by, loss + given_up_beside(row))


def worth_check(row: Billable, fate: str, *, by: Actor) -> None:
    """Raises Forbidden for who may not include what nobody knows the worth of: no list has it, or nobody counted its hours."""
    if fate != Fate.INCLUDED or by.may("write_off") or row.proposal in rules.COVERED or offer_covers(row):
        return
    is_priced = row.price_source not in ("", rules.SET_HERE) or row.list_price >= rules.NEAR_NOTHING
    is_counted = row.extra_work_id is None or row.corrects_id or row.recorded_quantity or _offered(row)
    if (row.quantity and not is_priced) or not is_counted:
        raise Forbidden(_("Nobody knows what this is worth: giving it up needs the right to write off."))


def altogether_check(row: Billable, *, by: Actor) -> None:
    """Raises Forbidden when what was decided gives up too much of an item together with what it was corrected by."""
    if given_up(row, row.fate) <= 0:
        return
    item = row.corrects if row.kind == BillableKind.CORRECTION else row
    corrections = Billable.objects.filter(corrects=item, kind=BillableKind.CORRECTION)
    if item is None or not corrections.exists():
        return
    at_stake = rules.ZERO if item.fate == Fate.PENDING else given_up(item, item.fate)
    added: Decimal = corrections.billable().aggregate(net=Sum("net", default=rules.ZERO))["net"]
    loss_check(by, at_stake - added + given_up_beside(item))


def given_up(row: Billable, fate: str) -> Decimal:
    if fate == Fate.INCLUDED and offer_covers(row):
        return rules.ZERO
    kept = 1 - row.discount / 100
    return rules.given_up(
        recorded=max(row.recorded_quantity * row.list_price * kept, _offered(row)),
        charged=row.quantity * row.unit_price * kept,
        fate=fate,
        why=row.proposal,
    )


def _offered(row: Billable) -> Decimal:
    """What the customer is asked, or said yes to, for extra work, and no other billable of it asks: it may be more than its hours."""
    if row.extra_work_id is None:
        return rules.ZERO
    offer = ExtraWorkOffer.objects.filter(extra_work=row.extra_work_id).live().first()
    others = Billable.objects.filter(extra_work=row.extra_work_id, fate__in=[Fate.BILLABLE, Fate.PENDING])
    asked: Decimal = others.exclude(pk=row.pk).aggregate(net=Sum("net", default=rules.ZERO))["net"]
    return offer.net - asked if offer else rules.ZERO


def offer_covers(row: Billable) -> bool:
    """Whether the offer of the extra work that a part was used for has room for it, now that somebody says what it is worth."""
    extra = row.material_usage.extra_work_id if row.material_usage else None
    offer = ExtraWorkOffer.objects.filter(extra_work=extra).live().first() if extra else None
    if offer is None or offer.for_parts is None:
        return offer is not None
    is_in_it = Q(proposal=rules.EXTRA_COVERS) | Q(fate=Fate.INCLUDED)
    others = Billable.objects.filter(is_in_it, material_usage__extra_work=extra)
    taken: Decimal = others.exclude(pk=row.pk).aggregate(net=Sum("recorded_net", default=rules.ZERO))["net"]
    return bool(row.recorded_quantity * row.list_price <= offer.for_parts - taken)


def given_up_beside(row: Billable) -> Decimal:
    """What was given up of the other pieces of one stretch of time, part or line: many small pieces are one large one."""
    field = next((name for name in FIELD_OF.values() if getattr(row, f"{name}_id") is not None), None)
    if field is None:
        return rules.ZERO
    others = Billable.objects.filter(**{field: getattr(row, f"{field}_id")})
    others = others.exclude(pk=row.pk).exclude(fate=Fate.PENDING)
    corrected = Sum(
        "corrections__net", filter=Q(corrections__kind=BillableKind.CORRECTION), default=rules.ZERO
    )
    return sum(
        (
            rules.given_up(
                recorded=one.recorded_net, charged=one.net + one.corrected, fate=one.fate, why=one.proposal
            )
            for one in others.annotate(corrected=corrected)
        ),
        rules.ZERO,
    )


def taken_off(order: WorkOrder, key: str, subject: models.Model, quantity: Decimal) -> Decimal:
    """What correcting an item to `quantity` takes off, at its list price: of its last piece first."""
    rows = list(Billable.objects.filter(work_order=order, **{FIELD_OF[key]: subject.pk}))
    left = sum((row.recorded_quantity for row in rows), Decimal(0)) - quantity
    lost = Decimal(0)
    for row in sorted(rows, key=lambda row: (row.starts_at is not None, row.starts_at, row.pk), reverse=True):
        taken = min(max(left, Decimal(0)), row.recorded_quantity)
        lost += taken * row.list_price
        left -= taken
    return lost


def lost_of(rows: QuerySet[Billable]) -> Decimal:
    """What an item asks less than its list price, by its quantity and its price together."""
    worth: Decimal = rows.aggregate(lost=Sum(F("recorded_net") - F("net"), default=rules.ZERO))["lost"]
    return worth
