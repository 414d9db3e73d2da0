"""The records behind a number: the jobs, invoices and quotes that it is the sum of."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Sum
from django.db.models.functions import Round
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core import clock, formats
from apps.core.lists import Column, Filter, ListPage
from apps.core.ui.cells import CUT, DAY, MONEY, lead, written
from apps.finance import querysets
from apps.finance.figures import EUROS, Totals, capacity
from apps.finance.lists.base import (
    NUMBER,
    SHARE,
    FiguresList,
    average,
    count,
    derived,
    money,
    percent,
    sum_of,
)
from apps.finance.models import Entry, Kind
from apps.finance.querysets import MEASURES
from apps.finance.rules import Choice


@dataclass(frozen=True)
class What:
    """Something that is counted: what it says of itself, its columns, and by which day it counts."""

    title: Any
    says: Any
    columns: tuple[Column, ...]
    measures: tuple[str, ...]
    order: str


def _what(title: Any, says: Any, *columns: Column, measures: tuple[str, ...], order: str = "") -> What:
    return What(title, says, columns, measures, order or f"-{measures[0]}")


WHATS: dict[str, What] = {
    "revenue": _what(
        _("Revenue"),
        _("Lines of issued invoices less those of credit notes, without VAT, by the date of the invoice. Drafts do not count."),
        sum_of("revenue", _("Revenue")),
        measures=("revenue",),
    ),
    "cost": _what(
        _("Cost"),
        _("Recorded time at the technician's own rate and used materials at their cost price. It counts from the day of the job's first invoice, of its cancellation, or of its approval when there is nothing to invoice; later work on the day that it was done."),
        sum_of("cost_hours", _("Hours"), formats.hours, css="opt"),
        sum_of("labour", _("Labour"), css="opt-2"),
        sum_of("parts", _("Materials"), css="opt-2"),
        derived("cost", _("Cost"), money, ("cost_sum",)),
        measures=("labour", "parts"),
        order="-cost_sum",
    ),
    "margin": _what(
        _("Margin per job"),
        _("Revenue less cost, the lowest first."),
        sum_of("revenue", _("Revenue"), what="revenue"),
        derived("cost", _("Cost"), money, ("cost_sum",), css="opt-2"),
        derived("margin", _("Margin"), money, ("margin_sum",)),
        SHARE,
        measures=("revenue", "labour", "parts"),
        order="margin_sum",
    ),
    "written_off": _what(
        _("Written off"),
        _("Work and materials that a reviewer wrote off, at their price, by the day of that decision."),
        sum_of("written_off", _("Written off")),
        measures=("written_off",),
    ),
    "hours": _what(
        _("Hours worked"),
        _("What the clocks of the technicians say, travel and breaks left out, by the day on which the work began."),
        sum_of("hours", _("Hours"), formats.hours),
        measures=("hours",),
    ),
    "done": _what(
        _("Jobs done"),
        _("Work orders that were handed in for review, by the day of the first time."),
        sum_of("jobs_done", _("Jobs"), count),
        measures=("jobs_done",),
        order="-last",
    ),
    "sold": _what(
        _("Worked against sold hours"),
        _("Jobs with sold hours, by the day that they were done: hours worked beside those sold. Above one hundred percent, more was worked than sold."),
        sum_of("spent_hours", _("Worked"), formats.hours),
        sum_of("sold_hours", pgettext_lazy("hours", "Sold"), formats.hours),
        derived("spent_percentage", "%", percent),
        measures=("sold_hours",),
        order="-spent_hours",
    ),
    "sla": _what(
        _("Promised moments kept"),
        _("Jobs with a moment by which they had to be complete. A kept promise counts on the day that the work was done, a broken one on the day after."),
        sum_of("sla_known", _("Promised"), count),
        sum_of("sla_met", _("Kept"), count),
        measures=("sla_known",),
        order="sla_met",
    ),
    "billing": _what(
        _("Days from done to invoiced"),
        _("From the day that the work was handed in to its first invoice, by the date of that invoice."),
        sum_of("billed_jobs", _("Jobs"), count, css="opt"),
        sum_of("billing_days", _("Days"), count),
        derived("days_to_bill", _("On average"), average, css="opt-2"),
        measures=("billed_jobs",),
        order="-billing_days",
    ),
    "paying": _what(
        _("Days from invoiced to paid"),
        _("From the date of the invoice to the payment that settled it, by the day of that payment."),
        sum_of("paid_invoices", _("Invoices"), count, css="opt"),
        sum_of("paying_days", _("Days"), count),
        derived("days_to_pay", _("On average"), average, css="opt-2"),
        measures=("paid_invoices",),
        order="-paying_days",
    ),
    "quotes": _what(
        _("Quotes won"),
        _("Quotes that were accepted, declined, withdrawn or expired, by the day on which that happened. What the customer took back after a yes is lost from then on. Days run from sending to the customer's answer."),
        sum_of("quotes_closed", _("Closed"), count),
        sum_of("quotes_won", _("Won"), count),
        derived("quotes_lost", _("Lost"), count),
        sum_of("quotes_answered", _("Answered"), count, css="opt"),
        sum_of("answer_days", _("Days"), count, css="opt-2"),
        measures=("quotes_closed", "quotes_answered"),
        order="quotes_won",
    ),
}  # fmt: skip


ON_DAY = written(formats.day, "day", nothing="")


class RecordList(FiguresList):
    """The jobs, invoices and quotes that a number is the sum of."""

    key = "customer_id"
    head_css = "link"
    ties = ("-last", "work_order_id", "invoice_id", "quote_id", "customer_id")

    def __init__(self, request: HttpRequest, choice: Choice, what: str) -> None:
        self.what = WHATS[what]
        self.name, self.title = f"finance-{what}", self.what.title
        self.columns = (
            Column("number", _("Record"), lambda row: row.get("number"), ("number__in_order",), cell=NUMBER),
            Column("name", _("Customer"), lambda row: row.get("name", ""), ("name__by_name",), cell=CUT),
            Column("last", _("Date"), lambda row: row.get("last"), ("last",), css="opt", cell=ON_DAY),
            *self.what.columns,
        )
        self.default_order = (self.what.order,)
        scope = {} if choice.scope.kind == Kind.COMPANY else {choice.scope.kind: choice.scope.key}
        self.entries = (
            Entry.objects.for_user(request.user)
            .within(choice.period.counted(clock.today()))
            .narrowed(scope)
            .with_any(*self.what.measures)
        )
        asked = {*EUROS, *self.what.measures, *(one.name for one in self.what.columns)}
        rows = self.entries.by_record().summed(measures=tuple(one for one in MEASURES if one in asked))
        rows = rows.annotate(
            cost_sum=F("labour") + F("parts"), margin_sum=F("revenue") - F("labour") - F("parts")
        )
        super().__init__(request, rows.with_reason() if what == "quotes" else rows, choice)

    def head_of(self, row: Any) -> tuple[str, str, str]:
        pages = (
            ("work_order_id", "workorders:work_order_detail"),
            ("invoice_id", "invoicing:invoice_detail"),
            ("quote_id", "quotes:quote_detail"),
        )
        url = next(reverse(page, args=[row[key]]) for key, page in pages if row[key])
        return row["number"] or str(_("draft")), url, row["title"] or row.get("reason") or ""

    def records_url(self, what: str, row: Any) -> str:
        return ""  # these are the records

    @cached_property
    def foot(self) -> Totals:
        return Totals(self.entries.sums())


# What is not added up by the day: it stands so now


BUCKETS = {
    "not_due": _("Not due"),
    "30": _("1 to 30 days late"),
    "60": _("31 to 60 days late"),
    "90": _("61 to 90 days late"),
    "older": _("More than 90 days late"),
    querysets.LATE: _("All that is late"),
}


class UnpaidList(ListPage):
    """What customers have still to pay, the oldest first."""

    name = "finance-unpaid"
    default_order = ("due_date", "pk")
    search_hint = _("Invoice or customer")
    columns = (
        Column(
            "number",
            _("Invoice"),
            lambda row: row.number,
            ("number__in_order",),
            cell=lead("invoicing:invoice_detail"),
        ),
        Column("customer", _("Customer"), lambda row: row.customer.name, ("customer__sort_name",), cell=CUT),
        Column("due", _("To be paid by"), lambda row: row.due_date, ("due_date",), cell=DAY),
        Column("open", _("Open, incl. VAT"), lambda row: row.open, ("open",), numeric=True, cell=MONEY),
    )
    filters = (
        Filter(
            "bucket",
            _("Any age"),
            list(BUCKETS.items()),
            lambda rows, value: rows.filter(querysets.aged(clock.today(), value)),
        ),
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, querysets.unpaid().for_user(request.user).select_related("customer"))

    @cached_property
    def open(self) -> Any:
        return self.filtered.aggregate(total=Sum("open", default=0))["total"]


class AvailableList(ListPage):
    """The hours that each technician had in the period, beside those worked."""

    name = "finance-available"
    default_order = ("user__name__by_name", "pk")
    columns = (
        Column(
            "name",
            _("Technician"),
            lambda row: row.user.name,
            ("user__name__by_name",),
            cell=lead("technicians:technician_detail", css=""),
        ),
        Column(
            "available",
            _("Hours available"),
            lambda row: row.available,
            ("available",),
            numeric=True,
            cell=written(formats.hours),
        ),
        Column(
            "worked",
            _("Hours worked"),
            lambda row: row.worked,
            ("worked",),
            numeric=True,
            cell=written(formats.hours),
        ),
        Column(
            "share",
            _("Worked of available hours"),
            lambda row: row.share,
            ("share",),
            numeric=True,
            cell=written(lambda share: formats.percent(share, 1)),
        ),
    )

    def __init__(self, request: HttpRequest, choice: Choice) -> None:
        rows = capacity(choice.period.counted(clock.today()))
        super().__init__(request, rows.select_related("user"))

    @cached_property
    def sums(self) -> dict[str, Any]:
        return {
            name: self.everything.aggregate(of=Sum(Round(name, precision=2), default=0))["of"]
            for name in ("available", "worked")
        }
