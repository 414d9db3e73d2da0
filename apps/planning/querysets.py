"""The doors to the plan."""

from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Func, Value
from psycopg.types.range import TimestamptzRange


class AssignmentQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """The whole plan for the office; otherwise one's own."""
        return self if user.may("see_office") else self.filter(technician__user=user)

    def active(self) -> Self:
        return self.filter(active=True)

    def with_job(self) -> Self:
        """With what a block on the plan shows: the job, its customer and place, the technician; and whom a mail goes to."""
        return self.select_related(
            "technician__user",
            "work_order__customer", "work_order__contact", "work_order__site", "work_order__type",
            "request__customer", "request__contact", "request__site", "request__type",
        )  # fmt: skip

    def between(self, start: datetime, end: datetime) -> Self:
        """Those that touch the half-open period from `start` to `end`."""
        return self.filter(period__overlap=TimestamptzRange(start, end))

    def from_now(self, now: Any) -> Self:
        """Those that are not over."""
        from_then = Func(now, Value(None), function="tstzrange", output_field=DateTimeRangeField())
        return self.filter(period__overlap=from_then)


class PlanStepQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """One's own steps: whoever made one takes it back."""
        return self.filter(by=user)

    def waiting(self) -> Self:
        """Those of which the customer's mail has not left."""
        return self.filter(undone_at=None, message__status="queued")


class WeekViewQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """One's own."""
        return self.filter(user=user)
