"""Weeks to approve, and the approved days for payroll."""

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core import clock, formats
from apps.core.lists import Column, Count, Filter, ListPage
from apps.core.ui.atoms import tag
from apps.core.ui.cells import DAY, dot, lead, status, written
from apps.technicians.models import Technician
from apps.timesheets import rules
from apps.timesheets.models import SubmittedDay, Week
from apps.timesheets.states import KIND_LABELS, WeekStatus

MONTHS_BACK = 15
HOURS = written(formats.hours)


def _people() -> QuerySet:
    return Technician.objects.order_by("user__name__by_name").values_list("pk", "user__name")


def _paid(row: Any) -> Any:
    """None for a week of which nothing was submitted."""
    return None if row.work is None else rules.paid({kind: getattr(row, kind) for kind in rules.KINDS})


def _hours(name: str, css: str = "") -> Column:
    return Column(
        name, KIND_LABELS[name], lambda row: getattr(row, name), (name,), numeric=True, css=css, cell=HOURS
    )


def _hour_columns() -> tuple[Column, ...]:
    optional = {"pause": "opt", "other": "opt", "leave": "opt-2"}
    paid = Column("paid", _("Hours to pay"), _paid, numeric=True, cell=HOURS)
    return (*(_hours(kind, optional.get(kind, "")) for kind in rules.KINDS), paid)


def _where(row: Week) -> Any:
    return row.get_status_display()


def _differs(row: Week) -> Any:
    return tag(_("Differs"), "red", "warning") if row.changed else ""


class WeekList(ListPage):
    name = "hours"
    default_order = ("-monday", "technician__user__name__by_name", "pk")
    search_hint = _("Technician")
    columns = (
        Column(
            "week",
            _("Week of"),
            lambda row: row.monday,
            ("monday", "technician__user__name__by_name"),
            cell=lead("timesheets:week_detail", show=formats.day, css="day", mark=_differs),
        ),
        Column(
            "technician",
            _("Technician"),
            lambda row: row.technician.user.name,
            ("technician__user__name__by_name", "monday"),
            cell=dot(lambda row: row.technician.user, named=True),
        ),
        *_hour_columns(),
        Column("status", _("Status"), _where, ("status", "monday"), cell=status()),
    )
    export_columns = (Column("changed", _("Differs"), lambda row: row.changed),)
    filters = (
        Filter("status", _("Status"), WeekStatus.choices, lambda rows, value: rows.filter(status=value)),
        Filter(
            "technician", _("Technician"), _people, lambda rows, value: rows.filter(technician=int(value))
        ),
        Filter(
            "changed",
            _("Differs"),
            [("1", _("Changed after it was submitted"))],
            lambda rows, _value: rows.changed_after(),
        ),
    )
    counts = (
        Count(
            pgettext_lazy("hours", "To approve"),
            lambda rows: rows.to_approve(),
            {"status": "submitted"},
            "blue",
        ),
        Count(
            _("Changed after it was submitted"), lambda rows: rows.changed_after(), {"changed": "1"}, "red"
        ),
        Count(
            pgettext_lazy("week", "Returned"),
            lambda rows: rows.filter(status="returned"),
            {"status": "returned"},
            "amber",
        ),
        Count(
            pgettext_lazy("week", "Not submitted"),
            lambda rows: rows.filter(status="open"),
            {"status": "open"},
        ),
    )


def week_rows(user: Any) -> QuerySet:
    return Week.objects.for_user(user).with_hours().select_related("technician__user")


def _months() -> list[tuple[str, Any]]:
    """This month and those before it, by name."""
    first = clock.today().replace(day=1)
    found = []
    for _number in range(MONTHS_BACK):
        found.append((f"{first:%Y-%m}", f"{MONTHS[first.month]} {first.year}"))
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def _in_month(rows: Any, value: str) -> QuerySet:
    first = date.fromisoformat(f"{value}-01")
    after = (first + timedelta(days=32)).replace(day=1)
    return rows.filter(day__gte=first, day__lt=after)


class DayList(ListPage):
    """What payroll takes over: a line for each day of each technician, in decimal hours."""

    name = "payroll"
    default_order = ("-day", "submission__week__technician__user__name__by_name", "pk")
    search_hint = _("Technician")
    columns = (
        Column("day", _("Day"), lambda row: row.day, ("day",), cell=DAY),
        Column(
            "technician",
            _("Technician"),
            lambda row: row.submission.week.technician.user.name,
            ("submission__week__technician__user__name__by_name", "day"),
            cell=dot(lambda row: row.submission.week.technician.user, named=True),
        ),
        *_hour_columns(),
    )
    filters = (
        Filter("month", _("Month"), _months, _in_month),
        Filter(
            "technician",
            _("Technician"),
            _people,
            lambda rows, value: rows.filter(submission__week__technician=int(value)),
        ),
    )


def day_rows(user: Any) -> QuerySet:
    days = SubmittedDay.objects.for_user(user).approved().with_something()
    return days.select_related("submission__week__technician__user")
