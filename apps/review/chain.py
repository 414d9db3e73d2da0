"""The review's link of the chain."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core.chain import ChainKey, ChainStep
from apps.review.models import Review
from apps.review.states import ReviewStatus


def review_steps(key: ChainKey, user: Any) -> list[ChainStep]:
    """One link for all reviews of the job: done when each is approved."""
    reviews = list(
        Review.objects.for_user(user).filter(work_order__in=key.work_order_ids).order_by("work_order_id")
    )
    if not reviews:
        return [ChainStep(_("Review"), "", "todo")]
    waiting = [one for one in reviews if one.status != ReviewStatus.APPROVED]
    shown = (waiting or reviews)[0]
    url = reverse("review:review_detail", args=[shown.work_order_id])
    return [ChainStep(_("Review"), url, "current" if waiting else "done", shown.get_status_display())]
