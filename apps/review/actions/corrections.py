"""Correcting what an approved review decided: the difference is a billable of its own."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.audit import audit_record
from apps.core.refusals import Forbidden, Refused
from apps.core.transitions import move
from apps.review import rules
from apps.review.actions.losses import given_up_beside, loss_check
from apps.review.actions.verdict import look_check_all, order_locked, refusing, settle
from apps.review.models import Billable, BillableKind, Fate, Review
from apps.review.states import ReviewStatus
from apps.workorders.states import WorkOrderStatus


def billable_correct(
    *,
    billable: Billable,
    by: User,
    reason: str,
    quantity: Decimal,
    unit_price: Decimal | None = None,
    shown: str | None = None,
) -> Billable:
    """Correct what an approved review decided, by adding the difference as a billable of its own.

    A lower quantity adds a negative one. More of what was included or written off waits for somebody to decide. A job that was invoiced becomes ready for invoicing again.
    Raises Refused without a reason, when nothing differs, or while the review is open (then decide there).
    Raises DecidedMeanwhile when the review is not as `shown`: what a colleague corrected would be undone.
    """
    if not reason.strip():
        raise Refused(_("Give a reason."))
    with transaction.atomic(), refusing():
        order = order_locked(billable.work_order_id)
        review = Review.objects.select_for_update().filter(work_order=order).first()
        if not by.may("review_work"):
            raise Forbidden(_("You may not review recorded work."))
        if review is None or review.status != ReviewStatus.APPROVED:
            raise Refused(_("The review is still open: correct the item there."))
        look_check_all(review, shown)
        if billable.kind == BillableKind.DEPOSIT:
            raise Refused(_("A deposit that was asked is credited on its invoice."))
        is_correction = billable.kind == BillableKind.CORRECTION
        original = Billable.objects.get(pk=(billable.corrects_id if is_correction else None) or billable.pk)
        differences: dict[Decimal, Decimal] = {}
        for one in [original, *original.corrections.filter(kind=BillableKind.CORRECTION)]:
            differences[one.unit_price] = differences.get(one.unit_price, Decimal(0)) - one.quantity
        price = original.unit_price if unit_price is None else unit_price
        differences[price] = differences.get(price, Decimal(0)) + quantity
        less = -sum((count * at for at, count in differences.items()), Decimal(0))
        if less > 0:  # of the item altogether: many small steps are one large one
            worth = max(
                original.recorded_quantity * original.list_price, original.quantity * original.unit_price
            )
            lost = max(less, worth - quantity * price)
            loss_check(by, lost + given_up_beside(original))
        added = [_correction(original, count, at, by, reason) for at, count in differences.items() if count]
        if not added:
            raise Refused(_("This changes nothing."))
        if order.status in (WorkOrderStatus.INVOICED, WorkOrderStatus.CLOSED):
            move(order, "uninvoice", by=by, reason=reason)
        audit_record(original, verb="billable.corrected", by=by, reason=reason.strip(),
                     data={"added": [one.pk for one in added]})  # fmt: skip
        settle(order)
    return added[-1]


def _correction(original: Billable, quantity: Decimal, price: Decimal, by: User, reason: str) -> Billable:
    """The difference, with the fate of what it corrects. More than was given up is for somebody to decide: nobody gave that up."""
    is_more = quantity > 0 and original.fate in (Fate.INCLUDED, Fate.WRITTEN_OFF)
    return Billable.objects.create(
        work_order_id=original.work_order_id,
        kind=BillableKind.CORRECTION,
        corrects=original,
        description=original.description,
        recorded_quantity=0,
        quantity=quantity,
        unit=original.unit,
        unit_price=price,
        list_price=original.list_price,
        discount=original.discount,
        vat_code_id=original.vat_code_id,
        vat_category=original.vat_category,
        vat_rate=original.vat_rate,
        price_source="correction",
        fate=Fate.PENDING if is_more else original.fate,
        proposal=rules.LATE if is_more else "",
        reason=reason.strip(),
        decided_by=None if is_more else by,
        decided_at=None if is_more else clock.now(),
        created_at=clock.now(),
    )
