"""The doors to technicians."""

from datetime import date, datetime, time, timedelta
from typing import Any, Self

from django.db import models
from django.utils import timezone
from psycopg.types.range import TimestamptzRange


class TechnicianQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """Everyone for the office; otherwise oneself."""
        return self if user.may("see_office") else self.filter(user=user)

    def active(self) -> Self:
        return self.filter(active=True, user__is_active=True)

    def search(self, text: str) -> Self:
        """Part of a name, address, region or telephone number. A company has some hundreds at most."""
        text = text.strip()
        return self.filter(
            models.Q(user__name__icontains=text)
            | models.Q(user__email__icontains=text)
            | models.Q(region__icontains=text)
            | models.Q(phone__icontains=text)
        )

    def absent_on(self, day: date) -> Self:
        """Those who are away at some time of the day."""
        start = timezone.make_aware(datetime.combine(day, time.min))
        end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
        away = self.model.absences.rel.related_model.objects.filter(  # type: ignore[attr-defined]
            period__overlap=TimestamptzRange(start, end)
        )
        return self.filter(pk__in=away.values("technician_id"))

    def available_on(self, day: date) -> Self:
        """Those in service who work on that weekday and are not away."""
        works = self.model.patterns.rel.related_model.objects.filter(weekday=day.isoweekday())  # type: ignore[attr-defined]
        return (
            self.active()
            .filter(pk__in=works.values("technician_id"))
            .exclude(pk__in=self.absent_on(day).values("pk"))
        )
