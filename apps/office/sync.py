"""The sync check: every record where the field's side and the office's side disagree."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.field.models import FieldEvent, TimeEntry, Visit
from apps.finance import checks as finance_checks
from apps.pipeline import checks
from apps.planning.models import Assignment
from apps.workorders.models import WorkOrder

EACH = 50


@dataclass(frozen=True)
class Disagreement:
    """One record, what is wrong with it, and where to mend it."""

    what: str | Promise
    record: str
    url: str


def _orders(rows: QuerySet) -> Iterator[tuple[str, str]]:
    for order in rows.order_by("-pk")[:EACH]:
        yield order.number, reverse("workorders:work_order_detail", args=[order.pk])


def _planned_without_assignment() -> Iterator[tuple[str, str]]:
    booked = Assignment.objects.active().filter(work_order=OuterRef("pk"))
    return _orders(WorkOrder.objects.filter(status="planned").exclude(Exists(booked)))


def _to_plan_with_assignment() -> Iterator[tuple[str, str]]:
    ahead = Assignment.objects.active().filter(work_order=OuterRef("pk"), period__endswith__gt=clock.now())
    done = Visit.objects.filter(assignment=OuterRef("pk"), status="finished")
    return _orders(WorkOrder.objects.filter(status="to_plan").filter(Exists(ahead.exclude(Exists(done)))))


def _in_progress_without_open_visit() -> Iterator[tuple[str, str]]:
    visits = Visit.objects.open().filter(work_order=OuterRef("pk"))
    waiting = Assignment.objects.active().filter(work_order=OuterRef("pk"), visit__isnull=True)
    return _orders(
        WorkOrder.objects.filter(status="in_progress").exclude(Exists(visits)).exclude(Exists(waiting))
    )


def _reviewed_with_running_clock() -> Iterator[tuple[str, str]]:
    running = TimeEntry.objects.filter(visit__work_order=OuterRef("pk"), ended_at__isnull=True)
    done = ["ready_for_review", "in_review", "ready_for_invoicing", "invoiced", "closed"]
    return _orders(WorkOrder.objects.filter(status__in=done).filter(Exists(running)))


def _clock_left_running() -> Iterator[tuple[str, str]]:
    long_ago = clock.now() - timedelta(hours=14)
    # A pause lasts until somebody goes on, be it after the weekend: its job stands in the pipeline, past its limit.
    rows = TimeEntry.objects.filter(ended_at__isnull=True, started_at__lt=long_ago).exclude(kind="pause")
    for entry in rows.select_related("visit__work_order").order_by("-pk")[:EACH]:
        order = entry.visit.work_order
        yield order.number, reverse("workorders:work_order_detail", args=[order.pk])


def _undecided_events() -> Iterator[tuple[str, str]]:
    for event in FieldEvent.objects.to_decide().select_related("user")[:EACH]:
        yield f"{event.kind_label} · {event.user.name}", reverse("field:event_list")


CHECKS: list[tuple[Any, Callable[[], Iterator[tuple[str, str]]]]] = [
    (_("Planned, but on nobody's agenda"), _planned_without_assignment),
    (_("To plan, but on somebody's agenda"), _to_plan_with_assignment),
    (_("In progress, but no visit is open"), _in_progress_without_open_visit),
    (_("Done, but a clock still runs"), _reviewed_with_running_clock),
    (_("A clock has run for more than fourteen hours"), _clock_left_running),
    (_("Came from a phone and does not fit"), _undecided_events),
]


# What is wrong with the money of a record, and the page of the record.
MONEY: dict[str, tuple[Any, str]] = {
    checks.UNPRICED: (_("Recorded, and nobody is going to price it"), "workorders:work_order_detail"),
    checks.CLAIM: (_("Does not know whether it stands on an invoice"), "workorders:work_order_detail"),
    checks.JOB: (_("Its stages do not come to what the ledger calls open"), "workorders:work_order_detail"),
    checks.INVOICE: (_("Its parts do not add up to the invoice"), "invoicing:invoice_detail"),
    checks.SETTLED: (
        _("Settled and still in the pipeline, or the other way round"),
        "invoicing:invoice_detail",
    ),
    checks.LEDGER: (_("The sums of the ledger are not those of its lines"), "pipeline:row_list"),
    checks.KEPT: (_("What the pages show of it is not what its records say"), "pipeline:row_list"),
}

# What is wrong with the figures of finance; a day has no page of its own.
FIGURES: dict[str, tuple[Any, str]] = {
    finance_checks.JOB: (
        _("Its figures in finance are not what its records say"),
        "workorders:work_order_detail",
    ),
    finance_checks.INVOICE: (
        _("Its figures in finance are not what its lines say"),
        "invoicing:invoice_detail",
    ),
    finance_checks.QUOTE: (
        _("Counted in finance as won, lost or open, and it is not"),
        "quotes:quote_detail",
    ),
    finance_checks.CUSTOMER: (
        _("The revenue in finance is not what the invoices say"),
        "customers:customer_detail",
    ),
    finance_checks.DAY: (
        _("The sums of this day in finance are not those of its records"),
        "finance:overview",
    ),
}


def disagreements(*, figures: bool = False) -> list[Disagreement]:
    """All of them: one statement a check, and one for all of the money.

    With `figures` also those of finance against every record that there ever was: too long for a page.
    """
    found = [Disagreement(what, record, url) for what, find in CHECKS for record, url in find()]
    for fault in checks.faults():
        what, page = MONEY[fault.kind]
        found.append(Disagreement(what, fault.number, reverse(page, args=[fault.pk] if fault.pk else [])))
    for wrong in finance_checks.faults() if figures else []:
        what, page = FIGURES[wrong.kind]
        found.append(Disagreement(what, wrong.label, reverse(page, args=[wrong.pk] if wrong.pk else [])))
    return found
