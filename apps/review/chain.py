"""The review's link of the chain."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core.chain import ChainKey, ChainStep
from apps.review.models import Review
from apps.review.states import ReviewStatus


def ask(key: ChainKey, user: Any) -> QuerySet | None:
    if not key.work_order_ids:
        return None
    return (
        Review.objects.for_user(user).filter(work_order__pk__in=key.work_order_ids).order_by("work_order_id")
    )


def tell(rows: Sequence[Review], key: ChainKey, user: Any) -> list[ChainStep]:
    """One link for all reviews of the job: done when each is approved."""
    if not rows:
        return [ChainStep(_("Review"), "", "todo")]
    waiting = [one for one in rows if one.status != ReviewStatus.APPROVED]
    shown = (waiting or rows)[0]
    url = reverse("review:review_detail", args=[shown.work_order_id])
    return [ChainStep(_("Review"), url, "current" if waiting else "done", shown.get_status_display())]
