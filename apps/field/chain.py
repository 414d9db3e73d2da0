"""The field's link in the chain of a whole job."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.chain import ChainKey, ChainStep, State
from apps.field.models import Visit
from apps.planning.models import Assignment


def ask(key: ChainKey, user: Any) -> QuerySet | None:
    """The visits on the plan: (assignment, work order, whether it began, whether one of its visits is finished)."""
    if not key.work_order_ids:
        return None
    visits = Visit.objects.filter(assignment=OuterRef("pk"))
    planned = Assignment.objects.for_user(user).active().filter(work_order__pk__in=key.work_order_ids)
    return (
        planned.annotate(began=Exists(visits), finished=Exists(visits.filter(status="finished")))
        .order_by("period")
        .values_list("pk", "work_order_id", "began", "finished")
    )


def tell(rows: Sequence[Any], key: ChainKey, user: Any) -> list[ChainStep]:
    """How many visits there are, and how far they are."""
    if not rows:
        return [ChainStep(_("Visits"), "", "todo")]
    done = sum(finished for *_first, finished in rows)
    began = any(began for _pk, _order, began, _finished in rows)
    state: State = "done" if done == len(rows) else "current" if began else "todo"
    words = ngettext("%(done)s of %(n)s visit", "%(done)s of %(n)s visits", len(rows))
    return [ChainStep(_("Visits"), _url(rows[0], user), state, words % {"done": done, "n": len(rows)})]


def _url(row: Any, user: Any) -> str:
    pk, order, *_rest = row
    try:
        if user.may("see_office"):
            return reverse("workorders:work_order_detail", args=[order])
        return reverse("phone:job", args=[pk])
    except NoReverseMatch:
        return ""
