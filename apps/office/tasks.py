"""Everything that waits for an action of the office, most urgent first, each with its one next action."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core import clock
from apps.core.holdings import Left, left_questions, left_told, subject_of
from apps.core.together import Question, together
from apps.field.models import FieldEvent
from apps.intake.models import Request
from apps.intake.states import NEXT_ACTIONS as REQUEST_ACTIONS
from apps.intake.states import TONES as REQUEST_TONES
from apps.intake.states import RequestStatus
from apps.invoicing.models import Invoice
from apps.invoicing.states import NEXT_ACTIONS as INVOICE_ACTIONS
from apps.invoicing.states import InvoiceStatus
from apps.messaging.models import LATE, Message
from apps.quotes.models import Quote
from apps.workorders.models import WorkOrder
from apps.workorders.states import NEXT_ACTIONS as ORDER_ACTIONS
from apps.workorders.states import WorkOrderStatus

# The lower, the sooner. Somebody at a closed door comes before an invoice that can go out tomorrow.
URGENT, TODAY, SOON = 0, 1, 2
EACH = 40
# Whose work somebody else must go on with once they left.
LEAVERS = ("technicians.technician", "accounts.user")


@dataclass(frozen=True)
class Task:
    rank: int
    since: datetime
    record: str
    about: str
    status: str | Promise
    tone: str
    action: str | Promise
    url: str


def tasks(user: Any, *also: Question) -> list[Task]:
    """The task list of the back office. One statement, which may hold other questions of the page as well."""
    requests = Request.objects.for_user(user).filter(status__in=["new", "accepted", "received", "missed"])
    waiting = [
        status for status in ORDER_ACTIONS if status != "ready_for_invoicing" or user.may("issue_invoice")
    ]
    orders = WorkOrder.objects.for_user(user).filter(status__in=waiting)
    quotes = Quote.objects.for_user(user).filter(status="draft")
    invoices = Invoice.objects.for_user(user).waiting()
    events = FieldEvent.objects.to_decide()
    mails = Message.objects.for_user(user).not_arriving(clock.now() - LATE)
    asked: list[tuple[QuerySet, Callable[[Any], Iterator[Task]]]] = [
        (requests.select_related("customer", "type").order_by("created_at")[:EACH], _requests),
        (orders.select_related("customer").order_by("created_at")[: EACH * 2], _orders),
        (quotes.select_related("customer").order_by("created_at")[:EACH], _quotes),
        (invoices.select_related("customer").order_by("created_at")[:EACH], _invoices),
        (events.select_related("user", "assignment__work_order")[:EACH], _events),
        (mails.order_by("queued_at")[:EACH], _mails),
    ]
    left = {label: left_questions(label) for label in LEAVERS if user.may(subject_of(label).ability)}
    together(*(rows for rows, _tell in asked), *(one for rows in left.values() for one in rows), *also)
    found = [task for rows, tell in asked for task in tell(rows)]
    found += [task for label, rows in left.items() for task in _left(left_told(label, rows))]
    return sorted(found, key=lambda task: (task.rank, task.since))


def _requests(rows: Iterable[Request]) -> Iterator[Task]:
    for row in rows:
        urgent = row.urgency == "urgent" or row.status == "missed"
        yield Task(
            URGENT if urgent else TODAY,
            row.created_at,
            row.number,
            f"{row.customer.name} · {row.type}",
            row.get_status_display(),
            REQUEST_TONES.get(RequestStatus(row.status), ""),
            REQUEST_ACTIONS[RequestStatus(row.status)],
            reverse("intake:request_detail", args=[row.pk]),
        )


def _orders(rows: Iterable[WorkOrder]) -> Iterator[Task]:
    now = clock.now()
    for row in rows:
        urgent = row.status in ("action_required", "missed") or row.urgency == "urgent"
        late = row.complete_by is not None and row.complete_by < now and row.status in ("to_plan", "on_hold")
        if row.status in ("ready_for_review", "in_review"):
            url = reverse("review:review_detail", args=[row.pk])
        else:
            url = reverse("workorders:work_order_detail", args=[row.pk])
        yield Task(
            URGENT if urgent or late else TODAY if row.status != "ready_for_invoicing" else SOON,
            row.created_at,
            row.number,
            f"{row.customer.name} · {row.title}",
            row.get_status_display(),
            row.tone,
            ORDER_ACTIONS[WorkOrderStatus(row.status)],
            url,
        )


def _quotes(rows: Iterable[Quote]) -> Iterator[Task]:
    for row in rows:
        yield Task(
            SOON,
            row.created_at,
            row.number,
            row.customer.name,
            row.get_status_display(),
            row.tone,
            _("Finish and send"),
            reverse("quotes:quote_detail", args=[row.pk]),
        )


def _invoices(rows: Iterable[Invoice]) -> Iterator[Task]:
    for row in rows:
        yield Task(
            SOON,
            row.created_at,
            str(row),
            row.customer.name,
            row.get_status_display(),
            row.tone,
            INVOICE_ACTIONS[InvoiceStatus(row.status)],
            reverse("invoicing:invoice_detail", args=[row.pk]),
        )


def _events(rows: Iterable[FieldEvent]) -> Iterator[Task]:
    for row in rows:
        yield Task(
            URGENT,
            row.received_at,
            str(row.assignment.job) if row.assignment else "",
            row.user.name,
            _("From the phone, does not fit"),
            "red",
            _("Decide"),
            reverse("field:event_detail", args=[row.pk]),
        )


def _left(rows: Iterable[Left]) -> Iterator[Task]:
    for row in rows:
        yield Task(
            URGENT,
            row.since,
            row.name,
            ngettext(
                "%(n)s thing that nobody goes on with", "%(n)s things that nobody goes on with", row.count
            )
            % {"n": row.count},
            _("No longer in service"),
            "red",
            _("Hand over"),
            reverse(subject_of(row.subject).page, args=[row.subject_id]),
        )


def _mails(rows: Iterable[Message]) -> Iterator[Task]:
    for row in rows:
        yield Task(
            TODAY,
            row.queued_at,
            row.to_address,
            row.subject,
            _("Not gone yet") if row.is_late else row.get_status_display(),
            "red",
            _("Send again"),
            reverse("messaging:message_resend", args=[row.pk]),
        )
