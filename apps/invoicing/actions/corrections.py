"""What a correction took off after invoicing: credited, and what is left is asked anew."""

from collections.abc import Collection
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.core.actors import Actor
from apps.core.refusals import Refused
from apps.invoicing.actions.case import work_order_settle
from apps.invoicing.actions.common import may_or_refuse, sums
from apps.invoicing.actions.credits import invoice_credit
from apps.invoicing.actions.drafts import invoice_draft
from apps.invoicing.actions.vat import vat_follow
from apps.invoicing.models import Invoice, InvoiceLine
from apps.review.models import Billable, BillableKind
from apps.workorders.models import WorkOrder


def correction_credit(*, work_order: WorkOrder, by: Actor) -> tuple[list[Invoice], Invoice | None]:
    """Credit the lines that a correction made too high, and draft what is left of their work.

    An invoice cannot ask less than nothing, and a credit note takes lines back whole. What was paid is then owed to the
    customer: refunded, or set off against the new invoice. Gives the credit notes, and the draft if anything is left.
    Raises Refused while what is open does not come below zero, with or without VAT.
    """
    may_or_refuse(by, "issue_invoice")
    with transaction.atomic():
        rows = Billable.objects.filter(work_order=work_order).annotate(item=Coalesce("corrects", "pk"))
        opened = rows.billable().filter(claimed=False)
        per_item = list(opened.order_by().values("item").annotate(left=Sum("net")))
        net = sum((one["left"] for one in per_item), Decimal(0))
        if min(net, _with_vat(opened, work_order)) >= 0:
            raise Refused(_("What is left of %(number)s is to be invoiced.") % {"number": work_order.number})
        # It stands on the credit note: in the customer's words. The office's own reason stands with the correction.
        with override(work_order.customer.language):
            reason = _("Corrected after invoicing: what is left is on a new invoice.")
            if opened.filter(kind=BillableKind.DEPOSIT).exists():
                reason = _("The work asks less than the deposit: all of it is on a new invoice.")
        chosen: dict[int, list[InvoiceLine]] = {}
        for one in per_item:
            taken = [line.pk for lines in chosen.values() for line in lines]
            for line in _charged(rows.filter(item=one["item"]), -one["left"], work_order, taken):
                chosen.setdefault(line.invoice_id, []).append(line)
        orders = {work_order.pk}
        notes = []
        for invoice in Invoice.objects.filter(pk__in=chosen).order_by("pk"):
            lines = _with_what_it_needs(invoice, chosen[invoice.pk])
            orders |= {line.work_order_id for line in lines if line.work_order_id}
            notes.append(invoice_credit(invoice=invoice, by=by, reason=reason, lines=lines))
        left = Billable.objects.filter(work_order__in=orders, claimed=False).billable()
        if left.aggregate(sum=Sum("net", default=0))["sum"]:
            return notes, invoice_draft(work_orders=WorkOrder.objects.filter(pk__in=orders), by=by)
        for order in WorkOrder.objects.filter(pk__in=orders).order_by("pk"):
            work_order_settle(order)
    return notes, None


def _with_vat(opened: QuerySet[Billable], order: WorkOrder) -> Decimal:
    """What a draft of these would ask: where VAT rates differ it is below zero sooner, or later, than without VAT."""
    lines = [
        InvoiceLine(
            billable=one,
            quantity=one.quantity,
            unit_price=one.unit_price,
            discount=one.discount,
            vat_category=one.vat_category,
            vat_rate=one.vat_rate,
        )
        for one in opened.select_related("vat_code")
    ]
    vat_follow(lines, order.customer)
    return sums(lines).total


def _charged(rows: QuerySet, wanted: Decimal, order: WorkOrder, taken: Collection[int]) -> list[InvoiceLine]:
    """Lines that ask for these, the newest first, until they come to what is wanted.

    A discount that no line asks for is taken off another line of the job, at the same VAT rate if there is one.
    """
    issued = InvoiceLine.objects.filter(live=True, net__gt=0, invoice__number__isnull=False)
    lines = list(issued.filter(billable__in=rows.values("pk")).order_by("-invoice_id", "-pk"))
    rates = set(rows.values_list("vat_category", "vat_rate"))
    others = issued.filter(work_order=order).exclude(pk__in=[*taken, *(one.pk for one in lines)])
    lines += sorted(
        others.order_by("-invoice_id", "-pk"), key=lambda one: (one.vat_category, one.vat_rate) not in rates
    )
    found: list[InvoiceLine] = []
    for line in lines:
        if wanted <= 0:
            break
        found.append(line)
        wanted -= line.net
    if wanted > 0:
        is_drafted = InvoiceLine.objects.filter(work_order=order, live=True, invoice__number=None).exists()
        raise Refused(
            (
                _("%(number)s stands on a draft: issue it or cancel it first.")
                if is_drafted
                else _("No invoice of %(number)s asks as much as is to be taken off: review it again.")
            )
            % {"number": order.number}
        )
    return found


def _with_what_it_needs(invoice: Invoice, chosen: list[InvoiceLine]) -> list[InvoiceLine]:
    """The whole invoice where the rest, a discount, would ask less than nothing."""
    live = list(invoice.lines.filter(live=True))
    rest = [line for line in live if line not in chosen]
    return live if sums(rest).total < 0 else chosen
