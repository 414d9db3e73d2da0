"""The end of a case: paid, delivered and booked; then its work orders close and it is archived."""

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.actors import SYSTEM, Actor
from apps.core.refusals import Refused
from apps.core.transitions import follow, move
from apps.invoicing import rules
from apps.invoicing.actions.common import asked, invoice_lock, may_or_refuse, open_amount, touch
from apps.invoicing.models import FactKind, Invoice, InvoiceFact, InvoiceLine
from apps.invoicing.states import InvoiceStatus
from apps.review.models import Billable
from apps.workorders.models import WorkOrder
from apps.workorders.states import WorkOrderStatus

_ABILITIES = {
    FactKind.SENT: "issue_invoice",
    FactKind.DELIVERED: "issue_invoice",
    FactKind.BOOKED: "export_package",
}


def fact_mark(*, invoice: Invoice, kind: str, by: Actor, note: str = "") -> InvoiceFact:
    """Note that an invoice was sent (by post), delivered or booked. Once each.

    Raises Refused for a draft, for something that was noted before, and for booking what is not paid yet.
    """
    kind = FactKind(kind)
    may_or_refuse(by, _ABILITIES[kind])
    with transaction.atomic():
        locked = invoice_lock(invoice.pk)
        if locked.number is None:
            raise Refused(_("A draft cannot be marked: issue it first."))
        settled = locked.is_credit_note or locked.status in (InvoiceStatus.PAID, InvoiceStatus.CREDITED)
        if kind == FactKind.BOOKED and not settled:
            raise Refused(_("Only a paid or credited invoice can be booked."))
        fact = fact_add(locked, kind, by=by, note=note)
        if kind == FactKind.SENT:
            move(locked, "send", by=by, reason=note)
        else:
            touch(locked, verb="deliver" if kind == FactKind.DELIVERED else "book", by=by, reason=note)
        case_complete(locked, by=by)
    follow(invoice, locked)
    return fact


def fact_add(invoice: Invoice, kind: FactKind, *, by: Actor, note: str = "") -> InvoiceFact:
    """Write a fact of a locked invoice. Raises Refused when it already stands."""
    try:
        with transaction.atomic():
            return InvoiceFact.objects.create(
                invoice=invoice,
                kind=kind,
                at=clock.now(),
                by_id=by.pk,
                note=note[:200],
            )
    except IntegrityError as error:
        raise Refused(
            _("%(invoice)s is already marked as “%(fact)s”.") % {"invoice": invoice, "fact": kind.label}
        ) from error


def case_complete(invoice: Invoice, *, by: Actor) -> bool:
    """Close the work orders of a locked invoice when its case is complete: paid, delivered and booked.

    Those of one that asks nothing are closed once it is settled: no money of theirs is to be followed.
    """
    if invoice.status not in (InvoiceStatus.PAID, InvoiceStatus.CREDITED):
        return False
    left = open_amount(invoice)
    facts = set(InvoiceFact.objects.filter(invoice=invoice).values_list("kind", flat=True))
    complete = rules.is_complete(open_amount=left, status=invoice.status, facts=facts)
    if complete or left == 0 == asked(invoice):
        _orders_close(invoice, by=by)
    if complete:
        touch(invoice, verb="complete", by=by)
    return complete


def _orders_close(invoice: Invoice, *, by: Actor) -> None:
    """Those of which no other invoice waits for its money, or for the bookkeeper."""
    orders = _orders(invoice)
    busy = _busy(orders, Invoice.objects.exclude(pk=invoice.pk))
    for order in WorkOrder.objects.filter(pk__in=orders, status=WorkOrderStatus.INVOICED):
        if order.pk not in busy:
            move(order, "close", by=by, reason=str(invoice))


def _busy(orders: list[int], invoices: QuerySet[Invoice]) -> set[int]:
    """The jobs of which one of these invoices waits for its money, or for the bookkeeper."""
    waiting = Q(status__in=["draft", "issued", "sent"]) | Q(status="paid", payable__gt=0) & ~Q(
        facts__kind=FactKind.BOOKED
    )
    others = invoices.filter(waiting, kind="invoice", lines__work_order__in=orders)
    return set(others.values_list("lines__work_order", flat=True))


def _orders(invoice: Invoice) -> list[int]:
    return list(invoice.lines.exclude(work_order=None).values_list("work_order", flat=True).distinct())


def work_order_close(*, work_order: WorkOrder, by: Actor) -> WorkOrder:
    """Finish a reviewed job on which nothing is left to invoice: included, written off, corrected to nothing, or invoiced.

    A job with an invoice waits for its money like any other. Raises Refused while something is left.
    """
    with transaction.atomic():
        order = WorkOrder.objects.select_for_update(of=("self",)).get(pk=work_order.pk)
        if _is_left(order):
            raise Refused(_("Something on %(number)s is still to be invoiced.") % {"number": order.number})
        if _drafted(order).exists():
            raise Refused(
                _("%(number)s stands on a draft: issue it or cancel it first.") % {"number": order.number}
            )
        return _finish(order, by=by)


def work_order_settle(order: WorkOrder) -> None:
    """Let a locked job that was invoiced before, and of which nothing is left, go on by itself.

    One that no invoice ever asked for is closed by a person: nothing of it was charged.
    """
    if order.status != WorkOrderStatus.READY_FOR_INVOICING or _is_left(order) or _drafted(order).exists():
        return
    if InvoiceLine.objects.filter(work_order=order, invoice__number__isnull=False).exists():
        _finish(order, by=SYSTEM)


def _is_left(order: WorkOrder) -> bool:
    rows = Billable.objects.filter(work_order=order, claimed=False)
    left = rows.billable().values(item=Coalesce("corrects", "pk")).annotate(left=Sum("net"))
    return rows.pending().exists() or left.exclude(left=0).exists()


def _drafted(order: WorkOrder) -> QuerySet[InvoiceLine]:
    return InvoiceLine.objects.filter(work_order=order, live=True, invoice__status=InvoiceStatus.DRAFT)


def _finish(order: WorkOrder, *, by: Actor) -> WorkOrder:
    """Invoiced, as long as one of its invoices waits; else closed."""
    asked_for = InvoiceLine.objects.filter(work_order=order, live=True, invoice__number__isnull=False)
    if asked_for.exists():
        move(order, "invoice", by=by)
        if _busy([order.pk], Invoice.objects.all()):
            return order
    return move(order, "close", by=by)
