"""What a decision gives up, and who may give up how much: `PricingPolicy.loss_limit`."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext as _

from apps.core import formats
from apps.core.actors import Actor
from apps.core.refusals import Forbidden
from apps.pricing.lookup import policy
from apps.review import rules
from apps.review.models import Billable
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


def given_up(row: Billable, fate: str) -> Decimal:
    kept = 1 - row.discount / 100
    return rules.given_up(
        recorded=row.recorded_quantity * row.list_price * kept,
        charged=row.quantity * row.unit_price * kept,
        fate=fate,
        why=row.proposal,
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
