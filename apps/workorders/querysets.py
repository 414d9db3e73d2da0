"""The doors to work orders."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from guardian.shortcuts import get_objects_for_user

from apps.core.search import matching


class WorkOrderQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """All for the office; for a technician the jobs that are planned on them or shared with them."""
        if user.may("see_office"):
            return self
        return get_objects_for_user(
            user, "workorders.execute_workorder", klass=self, accept_global_perms=False
        )

    def open(self) -> Self:
        return self.exclude(status__in=["closed", "cancelled"])

    def to_plan(self) -> Self:
        return self.filter(status__in=["to_plan", "missed"])

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
        return matching(self, "search_text", text)
