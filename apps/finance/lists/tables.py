"""The tables per customer, type, technician and month."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from apps.core import clock, formats
from apps.core.lists import Column
from apps.finance.figures import EUROS, Totals, by_key, by_month, totals
from apps.finance.lists.base import (
    COST,
    HEAD,
    HOURS_WORKED,
    MARGIN,
    REVENUE,
    SHARE,
    FiguresList,
    count,
    derived,
    money_or_none,
    sum_of,
)
from apps.finance.models import Kind
from apps.finance.rules import Choice, months_shown, period_of

MEASURED = (*EUROS, "hours", "cost_hours")


class KeyList(FiguresList):
    default_order = ("-revenue",)
    kind = Kind.CUSTOMER
    columns: tuple[Column, ...] = (
        Column("name", _("Name"), lambda row: row.get("name") or "", ("name__by_name",), cell=HEAD),
        REVENUE,
        sum_of("revenue_before", _("Period before"), css="opt"),
        COST,
        MARGIN,
        SHARE,
        HOURS_WORKED,
    )

    def __init__(self, request: HttpRequest, choice: Choice) -> None:
        self.name = f"finance-{self.kind}"
        today = clock.today()
        rows = by_key(self.kind, choice.period.counted(today), choice.period.before(today), MEASURED)
        rows = rows.annotate(
            cost_sum=F("labour") + F("parts"), margin_sum=F("revenue") - F("labour") - F("parts")
        ).exclude(revenue=0, labour=0, parts=0, hours=0, revenue_before=0)
        super().__init__(request, rows, choice)

    def head_of(self, row: Any) -> tuple[str, str, str]:
        name = row["name"] or str(NOBODY[self.kind])
        return name, f"{reverse('finance:overview')}?{urlencode(self.query_of(row))}", ""

    def query_of(self, row: Any) -> dict[str, str]:
        return self.choice.period.query | {self.kind: str(row["key"])}

    @cached_property
    def foot(self) -> Totals:
        before = totals(self.before)["revenue"]
        return Totals(totals(self.span) | {"revenue_before": before})


NOBODY = {
    Kind.CUSTOMER: _("No customer"),
    Kind.TYPE: _("Without a work order"),
    Kind.TECHNICIAN: _("Nobody in particular"),
}


class CustomerList(KeyList):
    title = _("Per customer")


class TypeList(KeyList):
    title = _("Per type of work")
    kind = Kind.TYPE


class TechnicianList(KeyList):
    title = _("Per technician")
    kind = Kind.TECHNICIAN
    columns: tuple[Column, ...] = (
        *KeyList.columns,
        derived("revenue_per_hour", _("Revenue per hour"), money_or_none, css="opt-0"),
        derived("cost_per_hour", _("Cost per hour"), money_or_none, css="opt-0"),
    )


class MonthList(FiguresList):
    """A row per month: of the period, and of twelve at least."""

    name = "finance-month"
    title = _("Per month")
    key = "month"
    default_order = ("-month",)
    ties = ()
    columns = (
        Column("month", _("Month"), lambda row: row.get("month"), ("month",), cell=HEAD),
        REVENUE,
        COST,
        MARGIN,
        SHARE,
        sum_of("jobs_done", _("Jobs done"), count, "done", "opt"),
        HOURS_WORKED,
    )

    def __init__(self, request: HttpRequest, choice: Choice) -> None:
        self.months = months_shown(choice.period, clock.today())
        scope = choice.scope
        rows = by_month(self.months, scope.kind, scope.key).annotate(
            cost_sum=F("labour") + F("parts"), margin_sum=F("revenue") - F("labour") - F("parts")
        )
        super().__init__(request, rows, choice)

    def head_of(self, row: Any) -> tuple[str, str, str]:
        return (
            formats.month(row["month"]),
            f"{reverse('finance:overview')}?{urlencode(self.query_of(row))}",
            "",
        )

    def query_of(self, row: Any) -> dict[str, str]:
        return Choice(period_of("month", row["month"]), self.choice.scope).query

    @cached_property
    def foot(self) -> Totals:
        return totals(self.months, self.choice.scope.kind, self.choice.scope.key)

    def records_url(self, what: str, row: Any) -> str:
        return "" if row is self.foot else super().records_url(what, row)


TABLES: dict[str, Callable[[HttpRequest, Choice], FiguresList]] = {
    "customer": CustomerList,
    "type": TypeList,
    "technician": TechnicianList,
    "month": MonthList,
}
