"""What the field says on the pages of lower apps: that a phone still holds work of this job, or of this technician."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core.remarks import Remark
from apps.field.models import PhoneHolding, holding_said


def of_work_order(order: Any, user: Any) -> QuerySet:
    return PhoneHolding.objects.for_user(user).filter(assignment__work_order=order).told()


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
