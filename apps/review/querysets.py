"""The doors to reviews, billables and offers of extra work."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q


class ReviewQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("review_work") else self.none()


class BillableQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("see_prices") else self.none()

    def of_work_order(self, work_order: Any) -> Self:
        return self.filter(work_order=work_order).order_by("id")

    def pending(self) -> Self:
        return self.filter(fate="pending")

    def billable(self) -> Self:
        return self.filter(fate="billable")

    def undecided(self) -> Self:
        """Still as proposed: nobody has said yes or no to it."""
        return self.filter(decided_at=None)

    def evidence(self) -> Self:
        """Made from evidence or an agreement: no later correction, no deposit."""
        return self.exclude(kind__in=["deposit", "correction", "free"])

    def worked(self) -> Self:
        """What a cancelled job is still reviewed for: recorded and not taken back, or on an invoice. No mere agreement."""
        recorded = Q(quote_line__isnull=True) & ~Q(proposal="taken_back")
        return self.exclude(kind="deposit").filter(Q(claimed=True) | recorded)

    def standing_corrections(self, *, of: Self) -> Self:
        """What was decided to be added to these, or taken off, after an approval, and stands on no invoice."""
        found = self.filter(corrects__in=of, kind="correction", claimed=False, decided_at__isnull=False)
        return found.exclude(proposal="nothing").order_by("pk")

    def deposits_to_ask(self) -> Self:
        """What is to be asked beforehand and stands on no invoice."""
        return self.filter(kind="deposit", corrects=None, fate="billable", claimed=False)


class ExtraWorkOfferQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("see_prices") else self.none()

    def live(self) -> Self:
        return self.filter(status__in=["sent", "approved"])

    def waiting(self, now: datetime) -> Self:
        return self.filter(status="sent", expires_at__gt=now)


class ConcernQuerySet(models.QuerySet):
    def of_work_order(self, work_order: Any) -> Self:
        return self.filter(work_order=work_order).order_by("id")

    def open(self) -> Self:
        """What nobody judged yet, or what became something else since."""
        return self.filter(open=True)
