"""The lists of contracts, of the maintenance that is due, and of the equipment that is serviced."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count as Number
from django.db.models import F, Max, Min, Q, QuerySet, Value
from django.db.models.functions import Concat, ExtractMonth, ExtractYear, Left, Mod
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.core import clock, formats
from apps.core.lists import Column, Count, Filter, ListPage
from apps.core.ui.cells import CUT, cut, lead, linked, status, two, written
from apps.customers.models import Equipment, Site
from apps.intake.models import RequestType
from apps.maintenance.models import Contract, ContractVisit

MONTH_NAMES = [(str(number), capfirst(name)) for number, name in MONTHS.items()]
RUNNING, OVER = "running", "over"
TO_PLAN, PLANNED, NO_JOB, OVERDUE, DONE, SKIPPED = (
    "to_plan",
    "planned",
    "no_job",
    "overdue",
    "done",
    "skipped",
)
DUE, NOT_AGREED, WARRANTY, GONE = "due", "not_agreed", "warranty", "gone"
SOON, WARRANTY_SOON = timedelta(days=60), timedelta(days=90)


def rhythm(contract: Contract) -> str:
    """How often, and in which months: “every 12 months, aug–oct”."""
    every = ngettext("every month", "every %(n)s months", contract.interval_months) % {
        "n": contract.interval_months
    }
    return f"{every}, {said}" if (said := season_text(contract.season)) else every


def season_text(season: list[int]) -> str:
    """The months of a season, those that follow each other as one: “aug–oct”."""
    months = sorted(set(season))
    if not months or len(months) == 12:
        return ""
    runs: list[list[int]] = []
    for month in months:
        if runs and runs[-1][-1] == month - 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    if len(runs) > 1 and runs[0][0] == 1 and runs[-1][-1] == 12:
        runs[0] = runs.pop() + runs[0]
    names = [str(MONTHS_3[one]) for one in range(1, 13)]
    return ", ".join(
        names[run[0] - 1] if len(run) == 1 else f"{names[run[0] - 1]}–{names[run[-1] - 1]}" for run in runs
    )


def contract_rows(user: Any) -> QuerySet:
    present = Q(sites__left_on=None)
    rows = Contract.objects.for_user(user).select_related("customer", "type")
    return rows.annotate(
        site_count=Number("sites", filter=present, distinct=True),
        device_count=Number("sites__devices", filter=present, distinct=True),
        last_due=Max("sites__visits__due"),
    )


def _next_due(row: Contract) -> Any:
    """The month of the visit that is made next; none once it has ended."""
    if row.is_over or not row.customer.active:
        return None
    due = row.due_after(row.last_due)  # type: ignore[attr-defined]
    return None if row.ends_on and due > row.ends_on else due


def _state(rows: QuerySet, value: str) -> QuerySet:
    today = clock.today()
    return rows.running(today) if value == RUNNING else rows.over(today)  # type: ignore[attr-defined]


class ContractList(ListPage):
    name = "contracts"
    search_hint = _("Name, customer, address")
    default_order = ("title__by_name", "pk")
    columns = (
        Column("title", _("Contract"), lambda one: one.title, ("title__by_name",),
               cell=lead("maintenance:contract_detail", show=cut, under=rhythm)),
        Column("customer", _("Customer"), lambda one: one.customer.name, ("customer__sort_name",), cell=CUT),
        Column("sites", _("Sites"), lambda one: one.site_count, ("site_count",), numeric=True, css="opt"),
        Column("equipment", _("Equipment"), lambda one: one.device_count, ("device_count",), numeric=True, css="opt-2"),
        Column("next", _("Next visit made for"), _next_due, css="opt",
               cell=written(lambda day: capfirst(formats.month(day)), "day", nothing=_("none"))),
        Column("status", _("Status"), lambda one: one.state, cell=status()),
    )  # fmt: skip
    export_columns = (
        Column("rhythm", _("How often"), rhythm),
        Column("type", _("Type of work"), lambda one: one.type.name),
        Column("hours", _("Expected hours"), lambda one: one.hours),
        Column("starts_on", _("Start"), lambda one: one.starts_on),
        Column("ends_on", _("End"), lambda one: one.ends_on),
        Column("end_reason", _("Why it ended"), lambda one: one.end_reason),
    )
    filters = (
        Filter("state", _("Status"), [(RUNNING, _("Running")), (OVER, _("Ended"))], _state),
        Filter(
            "type",
            _("Type"),
            lambda: RequestType.objects.named(),
            lambda rows, value: rows.filter(type_id=int(value)),
        ),
        Filter(
            "month",
            _("Season"),
            MONTH_NAMES,
            lambda rows, value: rows.filter(Q(season=[]) | Q(season__contains=[int(value)])),
        ),
    )
    counts = (
        Count(_("Running"), lambda rows: rows.running(clock.today()), {"state": RUNNING}),
        Count(_("Ended"), lambda rows: rows.over(clock.today()), {"state": OVER}),
    )


def visit_rows(user: Any) -> Any:
    return ContractVisit.objects.for_user(user).for_list()


def _visit_state(rows: Any, value: str) -> QuerySet:
    if value == OVERDUE:
        return rows.overdue(clock.today())
    if value == SKIPPED:
        return rows.exclude(skipped_at=None)
    return {TO_PLAN: rows.to_plan, PLANNED: rows.planned, NO_JOB: rows.without_job, DONE: rows.done}[value]()


def in_month(rows: QuerySet, value: str) -> QuerySet:
    """Those that may be made in this month of some year: their window touches it."""
    starts, ends = ExtractMonth("window_from"), ExtractMonth("window_until")
    length = (ExtractYear("window_until") - ExtractYear("window_from")) * 12 + ends - starts
    away = Mod(int(value) + 12 - starts, Value(12))
    return rows.alias(away=away, length=length).filter(away__lte=F("length"))


def regions() -> QuerySet:
    """The first two digits of the postal codes, with a place there."""
    sites = Site.objects.filter(pk__in=ContractVisit.objects.values("place__site")).exclude(postal_code="")
    region = Left("postal_code", 2)
    named = sites.order_by().annotate(region=region).values("region")
    label = Min(Concat(region, Value(" "), "city"))
    return named.annotate(label=label).order_by("region").values_list("region", "label")


def _until(visit: ContractVisit) -> str:
    return gettext("until %(day)s") % {"day": formats.day(visit.window_until)}


class VisitList(ListPage):
    name = "maintenance"
    search_hint = _("Contract, customer, address, work order")
    default_order = ("window_from", "pk")
    columns = (
        Column("customer", _("Customer"), lambda one: one.place.contract.customer.name,
               ("place__contract__customer__sort_name",),
               cell=lead("maintenance:visit_detail", show=cut, under=lambda one: one.place.contract.title)),
        Column("site", _("Site"), lambda one: one.place.site.street_line, ("place__site__postal_code",), css="opt",
               cell=two(lambda one: one.place.site.city_line)),
        Column("window", _("To be made"), lambda one: one.window_from, ("window_from", "window_until"),
               cell=written(formats.day, "day", under=_until)),
        Column("order", _("Work order"), lambda one: one.work_order.number, ("work_order__number__in_order",),
               css="opt-2", cell=linked("workorders:work_order_detail", lambda one: one.work_order_id)),
        Column("hours", _("Hours"), lambda one: one.work_order.expected_hours, ("work_order__expected_hours",),
               numeric=True, css="opt", cell=written(formats.hours)),
        Column("status", _("Status"), lambda one: one.state, ("work_order__status",), cell=status()),
    )  # fmt: skip
    export_columns = (
        Column("until", _("Until"), lambda one: one.window_until),
        Column("due", _("Month"), lambda one: one.due),
        Column("postal_code", _("Postal code"), lambda one: one.place.site.postal_code),
        Column("city", _("City"), lambda one: one.place.site.city),
        Column("reason", _("Reason"), lambda one: one.reason),
    )
    filters = (
        Filter("month", _("Month"), MONTH_NAMES, in_month),
        Filter("region", _("Region"), regions, lambda rows, value: rows.filter(region=value)),
        Filter(
            "state",
            _("Status"),
            [
                (TO_PLAN, _("To plan")),
                (OVERDUE, _("Overdue")),
                (NO_JOB, _("Job cancelled")),
                (PLANNED, _("Planned")),
                (DONE, _("Done")),
                (SKIPPED, _("Skipped")),
            ],
            _visit_state,
        ),
    )
    counts = (
        Count(_("To plan"), lambda rows: rows.to_plan(), {"state": TO_PLAN}, "a"),
        Count(_("Overdue"), lambda rows: rows.overdue(clock.today()), {"state": OVERDUE}, "r"),
        Count(_("Job cancelled"), lambda rows: rows.without_job(), {"state": NO_JOB}, "r"),
        Count(_("Planned"), lambda rows: rows.planned(), {"state": PLANNED}),
    )


def _serial(device: Equipment) -> str:
    return device.serial_number


def _service(device: Any) -> tuple[str, str]:
    """How it stands with the service of a device, and the tone of it."""
    if device.is_gone:
        return gettext("No longer there"), "neutral"
    if device.next_from is None:
        agreed = device.under_contract
        return (gettext("Under contract"), "green") if agreed else (gettext("No service agreed"), "neutral")
    if device.late_after < clock.today():
        return gettext("Service overdue"), "red"
    if device.next_from <= _soon():
        return gettext("Service due"), "amber"
    return gettext("In time"), "green"


def service_said(device: Any) -> str:
    return _service(device)[0]


def service_tone(device: Any) -> str:
    return _service(device)[1]


def _soon() -> date:
    return clock.today() + SOON


def _warranty_ends(rows: Any) -> QuerySet:
    today = clock.today()
    return rows.active().filter(warranty_until__range=(today, today + WARRANTY_SOON))


def _service_state(rows: Any, value: str) -> QuerySet:
    there, today = rows.active(), clock.today()
    return {
        OVERDUE: lambda: there.filter(late_after__lt=today),
        DUE: lambda: there.filter(next_from__lte=_soon(), late_after__gte=today),
        NOT_AGREED: lambda: there.filter(next_from=None, under_contract=False),
        WARRANTY: lambda: _warranty_ends(rows),
        GONE: rows.inactive,
    }[value]()


class EquipmentList(ListPage):
    name = "equipment"
    search_hint = _("Make, serial number, customer, address")
    default_order = ("next_from", "pk")
    columns = (
        Column("kind", _("Equipment"), str, ("kind__by_name", "make__by_name"),
               cell=lead("maintenance:equipment_detail", show=cut, under=_serial)),
        Column("customer", _("Customer"), lambda one: one.site.customer.name, ("site__customer__sort_name",), cell=CUT),
        Column("site", _("Site"), lambda one: one.site.street_line, ("site__postal_code",), css="opt",
               cell=two(lambda one: one.site.city_line)),
        Column("last", _("Last service"), lambda one: one.last_service, ("last_service",), css="opt-2",
               cell=written(formats.day, "day")),
        Column("next", _("Next service"), lambda one: one.next_from, ("next_from",), css="opt",
               cell=written(formats.day, "day")),
        Column("status", _("Maintenance"), service_said, cell=status(service_tone)),
    )  # fmt: skip
    export_columns = (
        Column("make", _("Make"), lambda one: one.make),
        Column("model", _("Model"), lambda one: one.model),
        Column("serial", _("Serial number"), _serial),
        Column("city", _("City"), lambda one: one.site.city_line),
        Column("installed", _("Installed on"), lambda one: one.installed_on),
        Column("warranty", _("Warranty until"), lambda one: one.warranty_until),
        Column("contract", _("Under contract"), lambda one: one.under_contract),
        Column("advised", _("Advised, months"), lambda one: one.service_months),
    )
    filters = (
        Filter(
            "state",
            _("Maintenance"),
            [
                (OVERDUE, _("Service overdue")),
                (DUE, _("Service due")),
                (NOT_AGREED, _("No service agreed")),
                (WARRANTY, _("Warranty ends")),
                (GONE, _("No longer there")),
            ],
            _service_state,
        ),
        Filter(
            "kind",
            _("Kind"),
            lambda: Equipment.objects.order_by("kind__by_name").values_list("kind", "kind").distinct(),
            lambda rows, value: rows.filter(kind=value),
        ),
    )
    counts = (
        Count(_("Service overdue"), lambda rows: _service_state(rows, OVERDUE), {"state": OVERDUE}, "r"),
        Count(_("Service due"), lambda rows: _service_state(rows, DUE), {"state": DUE}, "a"),
        Count(_("No service agreed"), lambda rows: _service_state(rows, NOT_AGREED), {"state": NOT_AGREED}),
        Count(_("Warranty ends"), _warranty_ends, {"state": WARRANTY}),
    )
