"""The field's link in the chain of a whole job."""

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.chain import ChainKey, ChainStep, State
from apps.planning.models import Assignment

POSITION = 40


def visits(key: ChainKey, user: Any) -> list[ChainStep]:
    """How many visits there are, and how far they are. Two queries; none without a work order."""
    if not key.work_order_ids:
        return [ChainStep(_("Visits"), "", "todo")]
    planned = list(
        Assignment.objects.for_user(user)
        .active()
        .filter(work_order__in=key.work_order_ids)
        .prefetch_related("visits")
        .order_by("period")
    )
    if not planned:
        return [ChainStep(_("Visits"), "", "todo")]
    found = [visit for assignment in planned for visit in assignment.visits.all()]
    done = sum(any(visit.status == "finished" for visit in one.visits.all()) for one in planned)
    state: State = "done" if done == len(planned) else "current" if found else "todo"
    words = ngettext("%(done)s of %(n)s visit", "%(done)s of %(n)s visits", len(planned))
    return [ChainStep(_("Visits"), _url(planned[0], user), state, words % {"done": done, "n": len(planned)})]


def _url(assignment: Assignment, user: Any) -> str:
    try:
        if user.may("see_office"):
            return reverse("workorders:work_order_detail", args=[assignment.work_order_id])
        return reverse("phone:job", args=[assignment.pk])
    except NoReverseMatch:
        return ""
