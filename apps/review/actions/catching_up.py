"""Bringing jobs up to date of which the evidence or the agreement changed, also after their approval."""

import logging

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.actors import SYSTEM
from apps.review.actions.billables import billables_sync, came_in_late, proposed_late
from apps.review.actions.verdict import review_reopen
from apps.review.models import Billable, Concern, Review, StaleJob
from apps.review.states import ConcernKind, ReviewStatus
from apps.workorders.models import WorkOrder
from apps.workorders.states import WorkOrderStatus

log = logging.getLogger(__name__)


def billables_catch_up(*, most: int = 500) -> int:
    """Bring the billables of marked jobs up to date, `most` of them; those that somebody works at come next time.

    A job that cannot be counted keeps its mark and holds up no other. Gives the number of jobs that were counted.
    """
    counted = 0
    for pk in list(StaleJob.objects.order_by("pk").values_list("work_order", flat=True)[:most]):
        try:
            with transaction.atomic():
                counted += _count_anew(pk)
        except Exception:
            log.exception("the billables of work order %s could not be made", pk)
    return counted


def _count_anew(pk: int) -> bool:
    # In this order, as everybody who marks a job holds the job first.
    order = (
        WorkOrder.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("customer")
        .filter(pk=pk)
        .first()
    )
    if order is None:
        return False
    StaleJob.objects.filter(work_order=pk).delete()
    review = Review.objects.select_for_update().filter(work_order=order).first()
    if review is not None and review.status == ReviewStatus.APPROVED:
        came_in_late(order)
        _judge_again(order, review)
    else:
        billables_sync(order)
    return True


def _judge_again(order: WorkOrder, review: Review) -> None:
    """Put an end of work before somebody that the technician proposes after the approval.

    Hours on which no invoice was made are reviewed again; beside those that stand on one, or its draft, an item waits.
    """
    proposed = Concern.objects.of_work_order(order).open().filter(kind=ConcernKind.PROPOSAL)
    entries = list(proposed.values_list("subject_id", flat=True))
    if not entries:
        return
    is_claimed = Billable.objects.filter(work_order=order, time_entry__in=entries, claimed=True).exists()
    if order.status == WorkOrderStatus.READY_FOR_INVOICING and not is_claimed:
        review_reopen(review=review, by=SYSTEM, reason=_("The technician proposes another end of work."))
        return
    for entry in entries:
        proposed_late(order, entry)
