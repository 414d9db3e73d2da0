"""The list of invoices, which is also the list of cases, and the queue of jobs that are ready to be invoiced."""

from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from apps.accounts.models import User
from apps.core import clock, formats
from apps.core.lists import Column, Filter, ListPage, as_known, counted
from apps.core.together import Figure
from apps.core.ui.atoms import tag
from apps.core.ui.cells import (
    DAY,
    FAINT,
    MONEY,
    NOTHING,
    Cell,
    address_of,
    dot,
    faint,
    lead,
    link,
    made,
    two,
    written,
)
from apps.invoicing import rules
from apps.invoicing.exports import exports
from apps.invoicing.models import Invoice, InvoiceFact, InvoiceLine, Reminder
from apps.invoicing.querysets import AMOUNT, ZERO, mails_under_way
from apps.invoicing.states import NEXT_ACTIONS, InvoiceStatus
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
        return rows.remindable(clock.today())
    if value == "pay":
        return rows.unpaid()
    if value == "send":
        return rows.unsent()
    return rows.drafts()


def is_late(invoice: Any, today: date) -> bool:
    """Whether the customer should have paid by now. The invoice comes with what is open on it."""
    return rules.is_overdue(
        status=invoice.status, open_amount=invoice.open, due=invoice.due_date, today=today
    )


def _next_action(invoice: Any) -> Any:
    status = InvoiceStatus(invoice.status)
    if is_late(invoice, clock.today()):
        # A credited one gets no reminder: its payment bounced after the refund.
        days = [formats.local_moment(one).date() for one in invoice.reminded_at]
        if status != InvoiceStatus.SENT or len(days) == len(rules.REMINDER_AFTER):
            return _("Remind or call")
        is_due = rules.reminder_due(due=invoice.due_date, today=clock.today(), sent=days)
        return _("Send reminder") if is_due else NEXT_ACTIONS[status]
    if status == InvoiceStatus.ISSUED and invoice.mail_under_way:
        return _("Mail on its way")
    if status == InvoiceStatus.PAID:
        settled = {"delivered", "booked"} <= set(invoice.fact_kinds)
        return "" if settled else _("Mark as delivered and booked")
    return NEXT_ACTIONS.get(status, "")


def _kind(invoice: Any) -> SafeString:
    credit = invoice.kind == "credit_note"
    return format_html('<span class="faint">{}</span>', _("credit note")) if credit else SafeString("")


def _signed(invoice: Any) -> Decimal:
    """A credit note counts against: what is added up, on the page or in a spreadsheet, comes to what customers are asked."""
    total: Decimal = invoice.total
    return -total if invoice.kind == "credit_note" else total


def _status(invoice: Any) -> str:
    if is_late(invoice, clock.today()):
        return tag(_("Overdue"), "r")
    if invoice.paid > 0 and invoice.open > 0:
        return tag(_("Partly paid"), "a")
    return tag(invoice.get_status_display(), invoice.tone)


def _package(number: str | None, invoice: Any, page: ListPage) -> str:
    if not invoice.package_pk:
        return NOTHING
    if not page.request.user.may("export_package"):  # type: ignore[union-attr]
        return escape(number)
    return link(number, reverse("bookkeeping:package_detail", args=[invoice.package_pk]), "link")


class InvoiceList(ListPage):
    name = "invoices"
    search_hint = gettext_lazy("Number, customer, reference, work order")
    default_order = ("-created_at", "-id")
    columns = (
        Column("number", gettext_lazy("Invoice"), lambda one: one.number or _("draft"), ("number__in_order",),
               cell=lead("invoicing:invoice_detail", mark=_kind)),
        Column("customer", gettext_lazy("Customer"), lambda one: one.customer.name, ("customer__sort_name",),
               cell=two(attrgetter("reference"))),
        Column("amount", gettext_lazy("Amount"), _signed, ("total",), numeric=True, cell=MONEY),
        Column("open", gettext_lazy("Open"), lambda one: one.open, ("open",), numeric=True, css="opt",
               cell=written(lambda open: formats.money(open) if open else NOTHING)),
        Column("status", gettext_lazy("Status"), lambda one: one.get_status_display(), ("status",), cell=made(_status)),
        Column("package", gettext_lazy("Package"), lambda one: one.package_number,
               ("package_number__in_order",), css="opt-2",
               cell=Cell(_package)),
        Column("created", gettext_lazy("Made on"), lambda one: one.created_at, ("created_at",), css="opt", cell=DAY),
        Column("by", gettext_lazy("By"), lambda one: one.created_by.initials if one.created_by else "",
               ("created_by__initials",), css="opt-2", cell=dot(attrgetter("created_by"))),
        Column("next", gettext_lazy("Action"), _next_action, css="opt-2", cell=FAINT),
    )  # fmt: skip
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

    def css_of(self, row: Any) -> str:
        return "void" if row.status == InvoiceStatus.CANCELLED else ""

    def figures(self) -> dict[str, Figure]:
        rows = Invoice.objects.for_user(self.request.user)
        lines = exports().filter(invoice=OuterRef("pk"))
        of = {
            "ready": to_draft(WorkOrder.objects.all()),
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
            reminded_at=ArraySubquery(
                Reminder.objects.filter(invoice=OuterRef("pk")).order_by("step").values("at")
            ),
            fact_kinds=ArraySubquery(InvoiceFact.objects.filter(invoice=OuterRef("pk")).values("kind")),
        )
        .select_related("customer", "created_by")
        .defer("seller", "buyer", "note")
    )


def _job(order: Any) -> SafeString:
    """The way to the job, with what it is; the row itself is for choosing."""
    way = link(order.number, address_of("workorders:work_order_detail", order.pk), "link")
    return way + faint(f"{_('Deposit')} · {order.title}" if order.beforehand else order.title)


class ReadyList(ListPage):
    """Reviewed jobs, with what is still to be invoiced on each."""

    name = "ready-for-invoicing"
    search_hint = gettext_lazy("Number, customer, address, title")
    default_order = ("customer__sort_name", "customer_id", "number__in_order")
    columns = (
        Column(
            "number",
            gettext_lazy("Work order"),
            lambda one: one.number,
            ("number__in_order",),
            cell=made(_job, "id"),
        ),
        Column(
            "customer",
            gettext_lazy("Customer"),
            lambda one: one.customer.name,
            ("customer__sort_name",),
            cell=two(attrgetter("site")),
        ),
        Column("basis", gettext_lazy("Billing"), lambda one: one.get_billing_basis_display(), css="opt"),
        Column(
            "amount",
            gettext_lazy("To invoice"),
            lambda one: one.to_invoice,
            ("to_invoice",),
            numeric=True,
            cell=MONEY,
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
                "free": rows.filter(is_left=True),
                "draft": rows.filter(draft_pk__isnull=False),
                "nothing": rows.filter(is_left=False, draft_pk__isnull=True),
            }[value],
        ),
    )

    def may_tick(self, row: Any) -> bool:
        return bool(row.is_left and not row.is_below_zero)


def to_draft(orders: QuerySet) -> QuerySet:
    """Those that are ready for invoicing, or of which a deposit is to be asked: what `ready_rows` lists, to count them."""
    beforehand = Billable.objects.deposits_to_ask().exclude(work_order__status="cancelled")
    ready = WorkOrder.objects.ready_for_invoicing().order_by().values("pk")
    # A union finds each by its index.
    return orders.filter(pk__in=ready.union(beforehand.order_by().values("work_order")))


def _total(rows: QuerySet) -> Coalesce:
    sums = rows.order_by().values("work_order").annotate(sum=Sum("net")).values("sum")
    return Coalesce(Subquery(sums, output_field=AMOUNT), ZERO)


def _with_vat(rows: QuerySet) -> Coalesce:
    """As `_total`, with the VAT that a draft would ask, but for the rounding: what matters is whether it is below zero."""
    beside = Q(kind__in=["correction", "deposit"], corrects__isnull=False)
    reversed_charge = ~beside & Q(vat_category="S", work_order__customer__reverse_charge=True)
    rate = Case(When(reversed_charge, then=Value(Decimal(0))), default=F("vat_rate"), output_field=AMOUNT)
    asked = (
        rows.order_by()
        .values("work_order")
        .annotate(sum=Sum(F("net") * (100 + rate) / 100, output_field=AMOUNT))
    )
    return Coalesce(Subquery(asked.values("sum"), output_field=AMOUNT), ZERO)


def _left(rows: QuerySet) -> Exists:
    """Whether an item of these, its corrections counted in, asks or takes off anything: two may undo each other."""
    items = rows.order_by().values(item=Coalesce("corrects", "pk")).annotate(left=Sum("net"))
    return Exists(items.exclude(left=0))


def ready_rows(user: Any) -> QuerySet:
    """What can be drafted: jobs that are ready for invoicing, and deposits; and the draft of a job if it has one.

    Each with the euros on no live line yet; `beforehand`: only its deposit; `deducts`: a deposit is to be taken off;
    `is_below_zero`, with or without VAT: no invoice can ask it, what was charged is credited.
    """
    claimed = InvoiceLine.objects.filter(billable=OuterRef("pk"), live=True)
    open_rows = Billable.objects.filter(~Exists(claimed), work_order=OuterRef("pk"), fate="billable")
    is_ready = Q(status__in=["ready_for_invoicing", "invoiced"])
    asked = Billable.objects.filter(pk=OuterRef("corrects"), claimed=True)
    drafts = InvoiceLine.objects.filter(work_order=OuterRef("pk"), invoice__status="draft", live=True)
    return (
        to_draft(WorkOrder.objects.for_user(user))
        .annotate(
            beforehand=Case(When(is_ready, then=False), default=True),
            to_invoice=Case(
                When(is_ready, then=_total(open_rows)), default=_total(open_rows.deposits_to_ask())
            ),
            is_left=Case(When(is_ready, then=_left(open_rows)), default=True),
            is_below_zero=Case(
                When(is_ready & (Q(to_invoice__lt=0) | Q(LessThan(_with_vat(open_rows), ZERO))), then=True),
                default=False,
            ),
            deducts=Exists(open_rows.filter(Exists(asked), kind="deposit")),
            draft_pk=Subquery(drafts.values("invoice")[:1]),
        )
        .select_related("customer", "site")
    )
