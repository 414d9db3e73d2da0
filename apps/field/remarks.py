"""What the field says on the pages of lower apps: that a phone still holds work of this job, or of this technician."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core import formats
from apps.core.compiled import ThisMoment
from apps.core.remarks import Remark
from apps.field.models import PhoneHolding, Visit, holding_said
from apps.planning.models import Assignment
from apps.workorders.states import CHANGEABLE


def of_work_order(order: Any, user: Any) -> QuerySet:
    return PhoneHolding.objects.for_user(user).filter(assignment__work_order=order).told()


def word_of_work_order(order: Any, user: Any) -> QuerySet:
    """The last visit that was handed in, and how many are still to come."""
    to_come = Assignment.objects.active().filter(
        work_order=OuterRef("work_order"), period__startswith__gt=ThisMoment()
    )
    counted = to_come.exclude(visit__isnull=False).order_by().values("work_order").annotate(n=Count("pk"))
    done = Visit.objects.for_user(user).filter(work_order=order, status="finished")
    return (
        done.select_related("technician__user")
        .annotate(n_to_come=Coalesce(Subquery(counted.values("n")), 0))
        .order_by("-finished_at", "-pk")[:1]
    )


def word_remarks(rows: Sequence[Any], order: Any, _user: Any) -> list[Remark]:
    """What whoever was there last says of the job, as long as that asks something of the planner."""
    if not rows or order.status not in CHANGEABLE:
        return []
    told = {"name": rows[0].technician.user.name, "at": formats.moment(rows[0].finished_at)}
    if rows[0].goes_on:
        words = _("%(name)s, %(at)s: the job goes on.") % told
        left = _("About %(hours)s left.") % {"hours": formats.quantity(order.hours_left, _("h"))}
        return [Remark(" ".join([words, order.left_over, left if order.hours_left else ""]).strip())]
    if not rows[0].n_to_come:
        return []
    words = _("%(name)s, %(at)s: the job is done, but a visit is still planned. Take it off the plan.")
    return [Remark(words % told)]


def of_assignment(booking: Any, user: Any) -> QuerySet:
    return PhoneHolding.objects.for_user(user).filter(assignment=booking).told()


def of_technician(technician: Any, user: Any) -> QuerySet:
    return PhoneHolding.objects.for_user(user).filter(user=technician.user_id).told()


def remarks(rows: Sequence[Any], _obj: Any, _user: Any) -> list[Remark]:
    return [Remark(held_said(row)) for row in rows]


def remarks_of_technician(rows: Sequence[Any], technician: Any, user: Any) -> list[Remark]:
    """With the way out for a phone that will never say anything any more."""
    address = (
        reverse("field:holdings_give_up", args=[technician.pk]) if user.may("manage_work_orders") else ""
    )
    return [Remark(held_said(row), address, _("The phone is lost")) for row in rows]


def held_said(row: Any) -> str:
    """A row of `PhoneHolding.objects.told()` as a sentence."""
    return holding_said(
        name=row["user__name"], photos=row["n_photos"], things=row["n_things"], since=row["held_since"]
    )
