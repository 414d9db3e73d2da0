"""The doors to technicians."""

from datetime import date
from typing import Any, Self

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import (
    Case,
    DateField,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat
from django.utils.translation import gettext as _
from psycopg.types.range import TimestamptzRange

from apps.accounts.roles import TECHNICIAN
from apps.company.models import CERTIFICATE_DAYS, Company
from apps.core import clock
from apps.core.querysets import InUseQuerySet
from apps.core.search import phone_asked


class TechnicianQuerySet(InUseQuerySet):
    # Out of service, or a user who can no longer log in: neither can be planned.
    in_use = Q(active=True, user__is_active=True)

    def for_user(self, user: Any) -> Self:
        """Everyone for the office; otherwise oneself."""
        return self if user.may("see_office") else self.filter(user=user)

    def gone(self, today: date) -> Self:
        """Who left: out of service, or their last day is over."""
        return self.filter(~self.in_use | Q(last_day__lt=today))

    def named(self) -> models.QuerySet:
        """(id, name) of everybody, those who left last and marked: the choices of a filter over work."""
        gone = Concat(F("user__name"), Value(" · "), Value(_("no longer in service")))
        named = self.alias(is_gone=Case(When(self.in_use, then=0), default=1)).annotate(
            label=Case(When(self.in_use, then=F("user__name")), default=gone)
        )
        return named.order_by("is_gone", "user__name__by_name").values_list("pk", "label")

    def search(self, text: str) -> Self:
        """Part of a name, address, region or telephone number. A company has some hundreds at most."""
        text = text.strip()
        return self.filter(
            models.Q(user__name__icontains=text)
            | models.Q(user__email__icontains=text)
            | models.Q(region__icontains=text)
            | models.Q(phone__contains=phone_asked(text) or text)
        )

    def absent_on(self, day: date) -> Self:
        """Those who are away at some time of the day."""
        start, end = clock.day_bounds(day)
        away = self.model.absences.rel.related_model.objects.filter(  # type: ignore[attr-defined]
            period__overlap=TimestamptzRange(start, end)
        )
        return self.filter(pk__in=away.values("technician_id"))

    def available_on(self, day: date) -> Self:
        """Those in service who work on that day and are not away; what is closed on a holiday is not asked."""
        works = self.model.works.rel.related_model.objects.on(day)  # type: ignore[attr-defined]
        return (
            self.active()
            .filter(pk__in=works.values("technician_id"))
            .exclude(pk__in=self.absent_on(day).values("pk"))
        )


class AbsenceRequestQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """Everyone's for the office; otherwise one's own."""
        return self if user.may("see_office") else self.filter(technician__user=user)

    def to_decide(self) -> Self:
        """What nobody answered yet, of who can be planned at all."""
        return self.filter(status="open", technician__active=True, technician__user__is_active=True)


class WorksQuerySet(models.QuerySet):
    def stretches(self) -> models.QuerySet:
        """What `rules.WorkWeeks` is made of, as tuples."""
        return self.order_by("starts").values_list(
            "technician_id", "since", "until", "rhythm", "week", "weekday", "starts", "ends"
        )

    def between(self, first: Any, last: Any) -> Self:
        """Those that hold on some day from `first` to `last`: days, or what stands for one in a compiled question."""
        return self.filter(valid__overlap=_days(first, last))

    def on(self, day: date) -> Self:
        """The hours of that day."""
        week = Func(F("rhythm"), F("since"), _day(day), function="wt_week_of", output_field=IntegerField())
        return self.between(day, day).filter(weekday=day.isoweekday(), week=week)


def _days(first: Any, last: Any) -> Func:
    whole = (_day(first), _day(last), Value("[]"))
    return Func(*whole, function="daterange", output_field=DateRangeField())


def _day(day: Any) -> Any:
    return Value(day, output_field=DateField()) if isinstance(day, date) else day


class CalendarFeedQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """One's own."""
        return self.filter(technician__user=user)

    def open(self) -> Self:
        """Those of whom is in service, and still works on the phone."""
        return self.filter(
            technician__active=True,
            technician__user__is_active=True,
            technician__user__groups__name=TECHNICIAN,
        )


class CertificateQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """Everyone's for the office; otherwise one's own."""
        return self if user.may("see_office") else self.filter(technician__user=user)

    def current(self) -> Self:
        """Those that count: the last of their line, of a kind that is still asked for."""
        return self.filter(renewal__isnull=True, kind__active=True)

    def with_renew_from(self) -> Self:
        """With the day from which they should be renewed."""
        days = Coalesce(Subquery(Company.objects.values("certificate_days")[:1]), CERTIFICATE_DAYS)
        return self.annotate(renew_from=ExpressionWrapper(F("expires_on") - days, DateField()))

    def proofs(self) -> models.QuerySet:
        """What `rules.Proofs` is made of, as tuples."""
        rows = self.current().filter(kind__skill__isnull=False).order_by("expires_on")
        return rows.values_list("technician_id", "kind__skill_id", "expires_on", "kind__name")
