"""The doors to work orders."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models

from apps.core.rights import granted
from apps.core.search import matching
from apps.workorders import states


class WorkOrderQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """All for the office; for a technician the jobs that are planned on them or shared with them."""
        if user.may("see_office"):
            return self
        return granted(self, user, "workorders.execute_workorder")

    def open(self) -> Self:
        return self.exclude(status__in=["closed", "cancelled"])

    def to_plan(self) -> Self:
        return self.filter(status__in=["to_plan", "missed"])

    def planned_between(self, start: datetime, end: datetime) -> Self:
        """Those with a visit on the plan that touches the period."""
        return self._with_visits(assignments__period__overlap=(start, end))

    def of_technician(self, technician_id: int) -> Self:
        """Those with a visit of this technician on the plan."""
        return self._with_visits(assignments__technician_id=technician_id)

    def _with_visits(self, **lookups: Any) -> Self:
        rows = self.model._base_manager.filter(assignments__active=True, **lookups)
        return self.filter(pk__in=rows.values("pk"))

    def for_list(self) -> Self:
        """With what a row of a list shows: customer, site, and the visits on the plan with their technicians."""
        return self.select_related("customer", "site", "type").prefetch_related(
            models.Prefetch(
                "assignments",
                queryset=self.model.assignments.rel.related_model._base_manager.filter(active=True)  # type: ignore[attr-defined]
                .select_related("technician__user")
                .order_by("period"),
                to_attr="visits_planned",
            )
        )

    def for_detail(self) -> Self:
        """With everything that a detail page shows of the order itself."""
        return self.for_list().select_related(
            "contact", "request", "skill", "sla_class", "job_form_version__form", "equipment", "created_by"
        )

    def pressing(self) -> Self:
        """Urgent, or stopped by something, and not over yet. The statuses one by one, so that their index serves."""
        over = ("closed", "cancelled")
        statuses = [one for one in states.WorkOrderStatus.values if one not in over]
        stopped = models.Q(urgency="urgent") | models.Q(status__in=["action_required", "missed"])
        return self.filter(stopped, status__in=statuses)

    def in_progress(self) -> Self:
        return self.filter(status="in_progress")

    def ready_for_review(self) -> Self:
        return self.filter(status__in=["ready_for_review", "in_review"])

    def ready_for_invoicing(self) -> Self:
        return self.filter(status="ready_for_invoicing")

    def action_required(self) -> Self:
        return self.filter(status__in=["action_required", "missed", "on_hold"])

    def sla_at_risk(self, now: datetime) -> Self:
        """Not done, and due within a day or overdue."""
        return self.filter(
            complete_by__lt=now + timedelta(days=1),
            status__in=["to_plan", "planned", "in_progress", "missed", "on_hold"],
        )

    def search(self, text: str) -> Self:
        return matching(self, text)


class WorkOrderFileQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """All for the office; on a phone only what was shared with the technician."""
        return self if user.may("see_office") else self.filter(for_technician=True)
