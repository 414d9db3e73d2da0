"""Judging what a review found, as somebody in the office does: one item after the other, each with a reason."""

from typing import Any

from apps.accounts.models import User
from apps.field.models import Deviation, TimeEntry, Visit
from apps.review.actions import billable_decide, finding_add
from apps.review.models import Billable, Concern, Review
from apps.workorders.models import WorkOrder

OF_ITEM: dict[str, Any] = {one._meta.label_lower: one for one in (Deviation, TimeEntry, WorkOrder)}


def concerns_judge(*, review: Review, by: User, reason: str, fate: str = "") -> int:
    """Accept each deviation, missing signature or photo, long clock and exceeded estimate; what is pending gets this `fate`, or stays so."""
    if fate:
        for billable in Billable.objects.filter(work_order=review.work_order_id).pending():
            billable_decide(billable=billable, fate=fate, by=by, reason=reason)
    found = list(
        Concern.objects.of_work_order(review.work_order_id).open().exclude(subject_type="review.billable")
    )
    for one in found:
        model = OF_ITEM.get(one.subject_type, Visit)
        part = one.subject_type.rpartition(".")[2] if model is Visit else ""
        subject = model.objects.get(pk=one.subject_id)
        finding_add(review=review, subject=subject, part=part, decision="accepted", by=by, reason=reason)
    return len(found)
