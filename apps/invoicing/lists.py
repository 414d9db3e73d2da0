"""The list of invoices, which is also the list of cases, and the queue of jobs that are ready to be invoiced."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from apps.accounts.models import User
from apps.core import clock
from apps.core.lists import Column, Filter, ListPage, as_known, counted
from apps.core.together import Figure
from apps.invoicing.exports import exports
from apps.invoicing.models import Invoice, InvoiceFact, InvoiceLine
from apps.invoicing.querysets import AMOUNT, ZERO, mails_under_way
from apps.invoicing.states import InvoiceStatus
from apps.review.models import Billable
from apps.workorders.models import WorkOrder


def _users() -> QuerySet:
    makers = Invoice.objects.filter(created_by=OuterRef("pk"))
    return User.objects.filter(Exists(makers)).values_list("pk", "name")


def _show(rows: Any, value: str) -> QuerySet:
    if value == "overdue":
        return rows.overdue(clock.today())
    if value == "unpaid":
        return rows.unpaid().filter(Exists(exports().filter(invoice=OuterRef("pk"))))
    if value == "owed":
        return rows.owed()
    if value == "paid":
        return rows.filter(status=InvoiceStatus.PAID)
    if value == "credit_notes":
        return rows.filter(kind="credit_note")
    return rows.complete()


def _possible(rows: Any, value: str) -> QuerySet:
    """The invoices on which this action can be taken now."""
    if value == "book":
        return rows.bookable()
    if value == "deliver":
        return rows.issued().filter(kind="invoice").exclude(facts__kind="delivered")
    if value == "remind":
        return rows.overdue(clock.today())
    if value == "pay":
        return rows.unpaid()
    if value == "send":
        return rows.unsent()
    return rows.drafts()


class InvoiceList(ListPage):
    name = "invoices"
    search_hint = gettext_lazy("Number, customer, reference, work order")
    default_order = ("-created_at", "-id")
    columns = (
        Column("number", gettext_lazy("Invoice"), lambda one: one.number or _("draft"), ("number",)),
        Column("customer", gettext_lazy("Customer"), lambda one: one.customer.name, ("customer__name",)),
        Column("amount", gettext_lazy("Amount"), lambda one: one.total, ("total",), numeric=True),
        Column("open", gettext_lazy("Open"), lambda one: one.open, ("open",), numeric=True, css="opt"),
        Column("status", gettext_lazy("Status"), lambda one: one.get_status_display(), ("status",)),
        Column(
            "package",
            gettext_lazy("Package"),
            lambda one: one.package_number,
            ("package_number",),
            css="opt-2",
        ),
        Column("created", gettext_lazy("Made on"), lambda one: one.created_at, ("created_at",), css="opt"),
        Column(
            "by",
            gettext_lazy("By"),
            lambda one: one.created_by.initials if one.created_by else "",
            ("created_by__initials",),
            css="opt-2",
        ),
    )
    filters = (
        Filter(
            "show",
            gettext_lazy("Show"),
            [
                ("unpaid", gettext_lazy("Exported & unpaid")),
                ("overdue", gettext_lazy("Overdue")),
                ("owed", gettext_lazy("To refund")),
                ("paid", gettext_lazy("Paid")),
                ("credit_notes", gettext_lazy("Credit notes")),
                ("archive", gettext_lazy("Archive: paid, delivered and booked")),
            ],
            _show,
        ),
        Filter(
            "status",
            gettext_lazy("Status"),
            InvoiceStatus.choices,
            lambda rows, value: rows.filter(status=value),
        ),
        Filter(
            "possible",
            gettext_lazy("Possible action"),
            [
                ("issue", pgettext_lazy("verb", "Issue")),
                ("send", gettext_lazy("Send")),
                ("pay", gettext_lazy("Record payment")),
                ("remind", gettext_lazy("Send reminder")),
                ("deliver", gettext_lazy("Mark as delivered")),
                ("book", gettext_lazy("Mark as booked")),
            ],
            _possible,
        ),
        Filter(
            "issued",
            gettext_lazy("Date of the invoice"),
            [("week", gettext_lazy("This week")), ("month", gettext_lazy("This month"))],
            lambda rows, value: rows.issued_this(value, clock.today()),
        ),
        Filter("by", gettext_lazy("Made by"), _users, lambda rows, value: rows.filter(created_by=value)),
    )

    @cached_property
    def figures(self) -> dict[str, Figure]:
        rows = Invoice.objects.for_user(self.request.user)
        lines = exports().filter(invoice=OuterRef("pk"))
        of = {
            "ready": WorkOrder.objects.ready_for_invoicing(),
            "unpaid": rows.unpaid().filter(Exists(lines)),
            "overdue": rows.overdue(clock.today()),
            "paid": rows.filter(status="paid"),
        }
        return {name: counted(found) for name, found in of.items()}

    @cached_property
    def counters(self) -> list[dict[str, Any]]:
        """The queue is a list of its own; the others filter this one."""
        ready = self.figure("ready")
        shown = self.query.get("show", "")
        found = [
            {
                "label": _("Ready for invoicing"),
                "value": as_known(ready),
                "url": reverse("invoicing:ready_list"),
                "current": False,
                "tone": "amber" if ready else "",
            }
        ]
        for key, label, tone in (
            ("unpaid", _("Exported & unpaid"), ""),
            ("overdue", _("Overdue"), "red"),
            ("paid", _("Paid"), ""),
        ):
            found.append(
                {
                    "label": label,
                    "value": as_known(self.figure(key)),
                    "url": self.path if shown == key else f"{self.path}?show={key}",
                    "current": shown == key,
                    "tone": tone if self.figure(key) else "",
                }
            )
        return found


def invoice_rows(user: Any) -> QuerySet:
    """The invoices that the list shows, each with what is open on it and the package that it went in."""
    lines = exports().filter(invoice=OuterRef("pk"))
    return (
        Invoice.objects.for_user(user)
        .with_open()
        .annotate(
            package_number=Subquery(lines.values("package__number")[:1]),
            package_pk=Subquery(lines.values("package")[:1]),
            mail_under_way=Subquery(mails_under_way().filter(about_id=OuterRef("pk")).values("pk")[:1]),
            # No Exists: as an output column the planner would hash the facts of all invoices for it.
            fact_kinds=ArraySubquery(InvoiceFact.objects.filter(invoice=OuterRef("pk")).values("kind")),
        )
        .select_related("customer", "created_by")
        .defer("seller", "buyer", "note")
    )


class ReadyList(ListPage):
    """Reviewed jobs, with what is still to be invoiced on each."""

    name = "ready-for-invoicing"
    search_hint = gettext_lazy("Number, customer, address, title")
    default_order = ("customer__name", "customer_id", "number")
    columns = (
        Column("number", gettext_lazy("Work order"), lambda one: one.number, ("number",)),
        Column("customer", gettext_lazy("Customer"), lambda one: one.customer.name, ("customer__name",)),
        Column("basis", gettext_lazy("Billing"), lambda one: one.get_billing_basis_display(), css="opt"),
        Column(
            "amount", gettext_lazy("To invoice"), lambda one: one.to_invoice, ("to_invoice",), numeric=True
        ),
    )
    filters = (
        Filter(
            "state",
            gettext_lazy("State"),
            [
                ("free", gettext_lazy("Not on a draft yet")),
                ("draft", gettext_lazy("On a draft")),
                ("nothing", gettext_lazy("Nothing to invoice")),
            ],
            lambda rows, value: {
                "free": rows.filter(to_invoice__gt=0),
                "draft": rows.filter(draft_pk__isnull=False),
                "nothing": rows.filter(to_invoice=0, draft_pk__isnull=True),
            }[value],
        ),
    )


def ready_rows(user: Any) -> QuerySet:
    """Jobs that are ready for invoicing, each with the euros on no live line yet, and its draft if it has one."""
    claimed = InvoiceLine.objects.filter(billable=OuterRef("pk"), live=True)
    open_billables = (
        Billable.objects.filter(~Exists(claimed), work_order=OuterRef("pk"), fate="billable")
        .order_by()
        .values("work_order")
        .annotate(sum=Sum("net"))
        .values("sum")
    )
    drafts = InvoiceLine.objects.filter(work_order=OuterRef("pk"), invoice__status="draft", live=True)
    return (
        WorkOrder.objects.for_user(user)
        .ready_for_invoicing()
        .annotate(
            to_invoice=Coalesce(Subquery(open_billables, output_field=AMOUNT), ZERO),
            draft_pk=Subquery(drafts.values("invoice")[:1]),
        )
        .select_related("customer", "site")
    )
