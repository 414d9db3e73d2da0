"""Sending items of a review back to the technician who recorded them."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.refusals import Refused
from apps.core.transitions import move
from apps.field.actions import ReturnItem, visit_return
from apps.field.models import Visit
from apps.review.actions.fates import corrections_wait, fates_open
from apps.review.actions.verdict import look_check_all, refusing, returned_items, review_locked
from apps.review.models import Billable, Finding, Review


def review_return(*, review: Review, by: User, reason: str, shown: str | None = None) -> Review:
    """Give the items that were marked back to their technicians, who see each with what is wrong.

    Raises Refused without a reason, or when no item is marked; DecidedMeanwhile when the review is not as `shown`.
    """
    with transaction.atomic(), refusing():
        _order, review = review_locked(review)
        look_check_all(review, shown)
        marked = returned_items(review)
        if not marked:
            raise Refused(_("Mark first which items go back, each with what is wrong."))
        by_visit: dict[int, list[ReturnItem]] = {}
        for finding in marked:
            visit_id, item = _item(finding)
            by_visit.setdefault(visit_id, []).append(item)
        _open_again(set(by_visit))
        move(review, "return", by=by, reason=reason)
        Review.objects.filter(pk=review.pk).update(sent_back_at=clock.now())
        for visit in Visit.objects.filter(pk__in=by_visit).select_related("technician__user"):
            visit_return(visit=visit, items=by_visit[visit.pk], by=by, reason=reason)
    review.refresh_from_db()
    return review


def _item(finding: Finding) -> tuple[int, ReturnItem]:
    """The visit that a marked item belongs to, and the item in the technician's terms."""
    app, model = finding.subject_type.split(".")[:2]
    subject: Any = ContentType.objects.get_by_natural_key(app, model).get_object_for_this_type(
        pk=finding.subject_id
    )
    if isinstance(subject, Visit):
        return subject.pk, ReturnItem(finding.reason)
    return subject.visit_id, ReturnItem(finding.reason, subject)


def _open_again(visits: set[int]) -> None:
    """The technician may change or take back anything of these visits: it is proposed anew when it comes in again.

    Corrections stand in the findings and are kept.
    """
    of_these = (
        Q(time_entry__visit__in=visits)
        | Q(material_usage__visit__in=visits)
        | Q(extra_work__visit__in=visits)
    )
    corrections_wait(Billable.objects.filter(of_these))
    fates_open(Billable.objects.filter(of_these))
