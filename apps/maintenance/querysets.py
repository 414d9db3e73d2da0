"""The doors to contracts and their visits."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Left

# A job that nobody needs to come for any more.
OVER = ("ready_for_review", "in_review", "ready_for_invoicing", "invoiced", "closed")
# A job for which somebody still has to be found, and one that asks the planner nothing when its visit goes.
TO_PLAN = ("to_plan", "missed")
OFF_PLAN = ("to_plan", "cancelled")


class ContractQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """All, for the office."""
        return self if user.may("see_office") else self.none()

    def running(self, day: date) -> Self:
        """Not over, of a customer that is in use."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), customer__active=True)

    def over(self, day: date) -> Self:
        return self.filter(ends_on__lt=day)

    def of_equipment(self, equipment: Any) -> Self:
        """Those by which a device is serviced."""
        sites = self.model.sites.rel.related_model._base_manager  # type: ignore[attr-defined]
        return self.filter(pk__in=sites.filter(left_on=None, devices__equipment=equipment).values("contract"))

    def search(self, text: str) -> Self:
        """Part of the name of the contract or of the customer, or of where its sites are. A company has some thousands."""
        text = text.strip()
        sites = self.model.sites.rel.related_model._base_manager  # type: ignore[attr-defined]
        where = Q(site__street__icontains=text) | Q(site__city__icontains=text)
        return self.filter(
            Q(title__icontains=text)
            | Q(customer__name__icontains=text)
            | Q(pk__in=sites.filter(where | Q(site__postal_code__istartswith=text)).values("contract"))
        )


class ContractSiteQuerySet(models.QuerySet):
    def present(self) -> Self:
        return self.filter(left_on=None)


class ContractVisitQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """All, for the office."""
        return self if user.may("see_office") else self.none()

    def for_list(self) -> Self:
        return self.select_related("work_order__type", "place__site", "place__contract__customer").annotate(
            region=Left("place__site__postal_code", 2)
        )

    def owed(self) -> Self:
        """Neither skipped nor done: also those of which the job was cancelled, and nobody said why."""
        return self.filter(skipped_at=None).exclude(work_order__status__in=OVER)

    def to_plan(self) -> Self:
        return self.owed().filter(work_order__status__in=TO_PLAN)

    def planned(self) -> Self:
        return self.owed().exclude(work_order__status__in=[*TO_PLAN, "cancelled"])

    def on_plan(self) -> Self:
        """Of which the planner is asked before it goes."""
        return self.owed().exclude(work_order__status__in=OFF_PLAN)

    def without_job(self) -> Self:
        """Of which the job was cancelled: to be made again, or skipped with a reason."""
        return self.owed().filter(work_order__status="cancelled")

    def overdue(self, day: date) -> Self:
        return self.owed().filter(window_until__lt=day)

    def done(self) -> Self:
        return self.filter(skipped_at=None, work_order__status__in=OVER)

    def search(self, text: str) -> Self:
        text = text.strip()
        site = "place__site"
        return self.filter(
            Q(place__contract__title__icontains=text)
            | Q(place__contract__customer__name__icontains=text)
            | Q(work_order__number__icontains=text)
            | Q(**{f"{site}__street__icontains": text})
            | Q(**{f"{site}__city__icontains": text})
            | Q(**{f"{site}__postal_code__istartswith": text})
        )
