"""The doors to work orders."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Q
from django.db.models.functions import JSONObject, Lower

from apps.core.rights import granted
from apps.core.search import SearchedRows
from apps.workorders import states


class WorkOrderQuerySet(SearchedRows, models.QuerySet):
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

    def of_equipment(self, equipment: Any) -> Self:
        """Those that are about a device: it was chosen for them, or a contract has it serviced by them."""
        return self.filter(Q(equipment=equipment) | Q(serviced=equipment)).distinct()

    def equipment(self) -> models.QuerySet:
        """The devices that they are about."""
        devices: Any = self.model._meta.get_field("equipment").related_model
        serviced = self.model.serviced.through._base_manager.filter(workorder__in=self.values("pk"))  # type: ignore[attr-defined]
        return devices.objects.filter(
            Q(pk__in=self.values("equipment")) | Q(pk__in=serviced.values("equipment"))
        )

    def _with_visits(self, **lookups: Any) -> Self:
        rows = self.model._base_manager.filter(assignments__active=True, **lookups)
        return self.filter(pk__in=rows.values("pk"))

    def for_list(self) -> Self:
        """With what a row of a list shows: customer, site, and of each visit on the plan who comes when."""
        planned = self._planned().filter(work_order=models.OuterRef("pk"))
        user = "technician__user"
        told = JSONObject(
            who=user, name=f"{user}__name", initials=f"{user}__initials", starts=Lower("period")
        )
        return self.select_related("customer", "site").annotate(plan=ArraySubquery(planned.values(told=told)))

    def for_detail(self) -> Self:
        """With everything that a detail page shows of the order itself, and the visits on the plan."""
        planned = self._planned().select_related("technician__user")
        return self.select_related(
            "customer", "site", "type", "contact", "request", "skill", "sla_class", "job_form_version__form",
            "equipment", "created_by",
        ).prefetch_related(models.Prefetch("assignments", queryset=planned, to_attr="visits_planned"))  # fmt: skip

    def _planned(self) -> models.QuerySet:
        visits = self.model.assignments.rel.related_model._base_manager  # type: ignore[attr-defined]
        return visits.filter(active=True).order_by("period")

    def pressing(self) -> Self:
        """Urgent, or stopped by something, and not over yet. The statuses one by one, so that their index serves."""
        over = ("closed", "cancelled")
        statuses = [one for one in states.WorkOrderStatus.values if one not in over]
        stopped = Q(urgency="urgent") | Q(status__in=["action_required", "missed"])
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
