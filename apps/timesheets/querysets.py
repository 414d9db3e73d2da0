"""The doors to the hours of weeks."""

from typing import Any, Self

from django.db import models
from django.db.models import Q, Sum

from apps.timesheets.rules import KINDS, WAITS


def _named(field: str, text: str) -> Q:
    """Each word stands in the name of the technician: there are few of them."""
    found = Q()
    for word in text.replace("\x00", "").split():
        found &= Q(**{f"{field}__icontains": word})
    return found


class WeekQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """All of them for whoever approves; otherwise one's own."""
        return self if user.may("approve_hours") else self.filter(technician__user=user)

    def search(self, text: str) -> Self:
        return self.filter(_named("technician__user__name", text))

    def with_hours(self) -> Self:
        """With the hours of each kind that were submitted last."""
        return self.annotate(**{kind: Sum(f"submission__days__{kind}") for kind in KINDS})

    def changed_after(self) -> Self:
        """Hours were recorded, or put right, after they were submitted."""
        return self.filter(changed=True)

    def unsubmitted(self) -> Self:
        """Weeks with hours that their technician still has to submit: asked for, returned, or with time by hand."""
        by_hand = self.model._default_manager.filter(by_hand__isnull=False)
        asked = Q(reminded_at__isnull=False) | Q(pk__in=by_hand.values("pk"))
        return self.filter(Q(status="returned") | Q(asked, status="open"))

    def to_approve(self) -> Self:
        return self.filter(status="submitted")

    def to_decide(self, now: Any) -> Self:
        """What the office has to look at: submitted and left, or other than what was approved."""
        return self.filter(
            Q(status="submitted", submission__at__lt=now - WAITS) | Q(status="approved", changed=True)
        )


class HandTimeQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("approve_hours") else self.filter(week__technician__user=user)


class SubmittedDayQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        seen = self if user.may("approve_hours") else self.filter(submission__week__technician__user=user)
        return seen

    def search(self, text: str) -> Self:
        return self.filter(_named("submission__week__technician__user__name", text))

    def approved(self) -> Self:
        """The days that stand: of what was submitted last, of weeks that are approved."""
        return self.filter(submission__current_of__status="approved")

    def with_something(self) -> Self:
        """Days on which there is an hour of any kind."""
        found = Q()
        for kind in KINDS:
            found |= Q(**{f"{kind}__gt": 0})
        return self.filter(found)
