"""Credit notes: the only way back from an issued invoice."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.actors import SYSTEM, Actor
from apps.core.audit import audit_record
from apps.core.queue import job_defer
from apps.core.refusals import Refused
from apps.core.transitions import follow, move
from apps.invoicing.actions.case import case_complete
from apps.invoicing.actions.common import (
    asked,
    draft_like,
    draft_sums_store,
    invoice_lock,
    may_or_refuse,
    open_amount,
    origin_lock,
    touch,
)
from apps.invoicing.actions.issuing import freeze
from apps.invoicing.actions.losses import given_up, given_up_of, has_no_job
from apps.invoicing.actions.vat import typed_vat_code, vat_follow
from apps.invoicing.models import Invoice, InvoiceKind, InvoiceLine, PayLink
from apps.invoicing.states import InvoiceStatus
from apps.review.actions.losses import loss_check
from apps.review.models import Billable, BillableKind, Fate
from apps.workorders.models import WorkOrder
from apps.workorders.states import WorkOrderStatus


def invoice_credit(
    *,
    invoice: Invoice,
    by: Actor,
    reason: str,
    lines: Collection[InvoiceLine] | None = None,
    again: bool = True,
) -> Invoice:
    """A credit note for the whole invoice, or for the chosen lines of it. Numbered and frozen at once.

    Releases exactly its lines: what they charged is ready for invoicing again. Of an invoice without a job they stand on
    a new draft, or, without `again`, are given up. Raises Refused without a reason, for a draft or a credit note, for
    lines that are credited already, and for more than the invoice asks; Forbidden for who may not give up so much.
    """
    may_or_refuse(by, "issue_invoice")
    if not reason.strip():
        raise Refused(_("Give a reason."))
    with transaction.atomic():
        origin_lock(invoice)
        credited = invoice_lock(invoice.pk)
        if credited.is_credit_note:
            raise Refused(_("A credit note cannot be credited: make a new invoice."))
        if credited.status not in (InvoiceStatus.ISSUED, InvoiceStatus.SENT, InvoiceStatus.PAID):
            raise Refused(
                _("%(invoice)s cannot be credited: it is “%(status)s”.")
                % {"invoice": credited, "status": credited.get_status_display()}
            )
        live = list(credited.lines.filter(live=True).select_related("vat_code"))
        wanted = live if lines is None else [one for one in live if one in set(lines)]
        if not wanted or (lines is not None and len(wanted) != len(set(lines))):
            raise Refused(_("Choose lines of this invoice that are not credited yet."))
        jobless = has_no_job(credited)
        if jobless and not again:
            loss_check(by, given_up(wanted) + given_up_of([credited.pk]))
        freed = _free_lines_open_again(credited, wanted, by=by)
        lost = reason if jobless and not again else ""
        note = _credit_note(credited, wanted, freed, by=by, reason=reason, lost=lost)
        if jobless and again:
            _draft_again(credited, wanted, by=by)
        if asked(credited) < 0:
            raise Refused(
                _("This credits more than the invoice asks: tick what was taken off on it as well.")
            )
        InvoiceLine.objects.filter(pk__in=[one.pk for one in wanted]).update(live=False)
        if len(wanted) == len(live):
            move(credited, "credit", by=by, reason=reason)
            PayLink.objects.filter(invoice=credited, killed_at=None).update(killed_at=clock.now())
        else:
            touch(credited, verb="credit_part", by=by, reason=reason)
            if credited.status != InvoiceStatus.PAID and open_amount(credited) <= 0:
                move(credited, "pay", by=SYSTEM, reason=str(note))
        _work_orders_release(wanted, freed, by=by)
        case_complete(credited, by=by)
        job_defer("invoicing.documents", invoice_id=note.pk)
    follow(invoice, credited)
    return note


def _draft_again(credited: Invoice, lines: list[InvoiceLine], *, by: Actor) -> None:
    """What lines of no job asked, on a draft: there it is open until it is issued or given up."""
    if given_up(lines) <= 0:
        return
    draft = draft_like(credited, by)
    copied = (
        "description",
        "quantity",
        "unit",
        "unit_price",
        "discount",
        "reason",
        "vat_code_id",
        "vat_category",
        "vat_rate",
        "net",
    )
    made = [
        InvoiceLine(
            invoice=draft, position=number, rebills=one, **{name: getattr(one, name) for name in copied}
        )
        for number, one in enumerate(lines, 1)
    ]
    vat_follow(made, credited.customer)
    InvoiceLine.objects.bulk_create(made)
    draft_sums_store(draft)
    audit_record(draft, verb="invoice.create", by=by, data={"credited": credited.number})


def _free_lines_open_again(credited: Invoice, lines: list[InvoiceLine], *, by: Actor) -> dict[int, Billable]:
    """What a typed line asked is open again with the first job of its invoice, as what any other line asked."""
    free = [one for one in lines if one.is_free]
    order = credited.lines.exclude(work_order=None).aggregate(first=Min("work_order"))["first"]
    if not free or order is None:
        return {}
    now = clock.now()
    made = Billable.objects.bulk_create(
        Billable(
            work_order_id=order,
            kind=BillableKind.FREE,
            description=one.description,
            recorded_quantity=one.quantity,
            quantity=one.quantity,
            unit=one.unit,
            unit_price=one.unit_price,
            list_price=one.unit_price,
            discount=one.discount,
            vat_code=typed_vat_code(one),
            vat_category=one.vat_category,
            vat_rate=one.vat_rate,
            price_source="invoice line",
            fate=Fate.BILLABLE,
            reason=one.reason,
            decided_by_id=by.pk,
            decided_at=now,
            created_at=now,
        )
        for one in free
    )
    return {line.pk: billable for line, billable in zip(free, made, strict=True)}


def _credit_note(
    credited: Invoice,
    lines: list[InvoiceLine],
    freed: dict[int, Billable],
    *,
    by: Actor,
    reason: str,
    lost: str,
) -> Invoice:
    note = Invoice.objects.create(
        kind=InvoiceKind.CREDIT_NOTE,
        credits=credited,
        customer_id=credited.customer_id,
        language=credited.language,
        reference=credited.reference,
        note=reason,
        payment_term_days=credited.payment_term_days,
        delivered_on=credited.delivered_on,
        created_at=clock.now(),
        created_by_id=by.pk,
    )
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=note,
            position=one.position,
            billable_id=freed[one.pk].pk if one.pk in freed else one.billable_id,
            work_order_id=one.work_order_id,
            credited_line=one,
            deducts_id=one.deducts_id,
            live=False,
            description=one.description,
            quantity=one.quantity,
            unit=one.unit,
            unit_price=one.unit_price,
            discount=one.discount,
            reason=lost[:300] or one.reason,
            vat_code_id=one.vat_code_id,
            vat_category=one.vat_category,
            vat_rate=one.vat_rate,
            net=one.net,
        )
        for one in lines
    )
    # The buyer as the invoice named it: what is taken back was charged to that name and address.
    freeze(note, by=by, buyer=credited.buyer or {})
    return note


def _work_orders_release(lines: list[InvoiceLine], freed: dict[int, Billable], *, by: Actor) -> None:
    # By what they charged: an agreement may have gone over to another job since.
    charged = set(
        Billable.objects.filter(pk__in=[one.billable_id for one in lines]).values_list(
            "work_order", flat=True
        )
    )
    charged |= {one.work_order_id for one in freed.values()}
    orders = WorkOrder.objects.select_for_update(of=("self",)).filter(pk__in=charged)
    for order in orders.order_by("pk"):
        if order.status in (WorkOrderStatus.INVOICED, WorkOrderStatus.CLOSED):
            move(order, "uninvoice", by=by)
