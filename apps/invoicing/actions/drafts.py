"""Drafts: made from what a review called billable, and editable until they are issued."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.money import line_net
from apps.core.refusals import Refused
from apps.core.transitions import move
from apps.core.versions import version_lock
from apps.field.models import Visit
from apps.invoicing.actions.common import (
    company_get,
    draft_lock,
    draft_sums_store,
    line_get,
    may_or_refuse,
    origin_lock,
    sums,
    touch,
)
from apps.invoicing.actions.deposits import (
    all_deposits,
    deduction_text,
    deposit_lines_of,
    with_deposits,
)
from apps.invoicing.actions.losses import (
    asks_credited,
    change_check,
    credited_given_up,
    given_up_on,
    gives_up_credited,
    line_give_up,
    line_given_up,
    line_gives_up,
)
from apps.invoicing.actions.vat import draft_vat_follow, vat_follow
from apps.invoicing.documents import parts_of
from apps.invoicing.models import Invoice, InvoiceLine
from apps.pricing.lookup import vat_for
from apps.pricing.models import VatCode
from apps.review.actions.losses import loss_check
from apps.review.models import Billable, BillableKind, Fate
from apps.workorders.models import WorkOrder
from apps.workorders.states import WorkOrderStatus


def invoice_draft(*, work_orders: Iterable[WorkOrder], by: Actor) -> Invoice:
    """One draft of everything billable on these jobs of one customer that stands on no invoice yet.

    Of a job that is not reviewed yet: its deposit. Prices and VAT are copied from the billables; the VAT follows the
    customer's reverse charge (`vat_follow`). Raises Refused for jobs of several customers, jobs that are not ready, when
    nothing is left to invoice, and when a correction, or a deposit, takes off more than is left (`correction_credit`).
    """
    may_or_refuse(by, "issue_invoice")
    with transaction.atomic():
        orders = list(
            WorkOrder.objects.select_for_update(of=("self",))
            .filter(pk__in=[one.pk for one in work_orders])
            .select_related("customer")
            .order_by("pk")
        )
        _check(orders)
        billables = list(
            Billable.objects.filter(work_order__in=orders, fate=Fate.BILLABLE)
            .exclude(pk__in=InvoiceLine.objects.filter(live=True, billable__isnull=False).values("billable"))
            .select_related("work_order", "vat_code")
            .order_by("work_order_id", "id")
        )
        billables = with_deposits(billables, {order.pk for order in orders if _is_ready(order)}, by=by)
        # What was asked beforehand comes off last, below the work of its job.
        billables.sort(key=lambda one: (one.work_order_id, one.is_deduction))
        if not billables:
            raise Refused(_("Nothing on these work orders is left to invoice."))
        customer = orders[0].customer
        asked = deposit_lines_of(billables)
        lines = [
            InvoiceLine(
                position=position,
                billable=one,
                work_order_id=one.work_order_id,
                deducts=asked.get(one.corrects_id) if one.is_deduction else None,
                description=deduction_text(one, asked, customer) if one.is_deduction else one.description,
                quantity=one.quantity,
                unit=one.unit,
                unit_price=one.unit_price,
                discount=one.discount,
                reason=one.reason[:300] if one.kind == BillableKind.FREE else "",
                vat_category=one.vat_category,
                vat_rate=one.vat_rate,
                net=line_net(one.quantity, one.unit_price, one.discount),
            )
            for position, one in enumerate(billables, 1)
        ]
        vat_follow(lines, customer)
        found = sums(lines)
        if found.total < 0:
            raise Refused(
                _(
                    "What is left of this work comes below zero: credit what was corrected, under “Ready for invoicing”."
                )
            )
        invoice = Invoice(
            customer=customer,
            language=customer.language,
            payment_term_days=customer.payment_term_days or company_get().payment_term_days,
            delivered_on=None if all_deposits(billables) else _delivered_on(orders),
            created_at=clock.now(),
            created_by_id=by.pk,
            net=found.net,
            vat=found.vat,
            total=found.total,
            payable=found.payable,
        )
        invoice.save()
        for line in lines:
            line.invoice = invoice
        try:
            with transaction.atomic():
                InvoiceLine.objects.bulk_create(lines)
        except IntegrityError as error:
            raise Refused(_("A colleague has just put this work on an invoice. Reload to see it.")) from error
        audit_record(
            invoice, verb="invoice.create", by=by, data={"work_orders": [one.number for one in orders]}
        )
    return invoice


def _check(orders: list[WorkOrder]) -> None:
    if not orders:
        raise Refused(_("Choose at least one work order."))
    if len({order.customer_id for order in orders}) > 1:
        raise Refused(_("One invoice is for one customer: choose work orders of the same customer."))
    beforehand = set(
        Billable.objects.filter(work_order__in=orders).deposits_to_ask().values_list("work_order", flat=True)
    )
    for order in orders:
        if not _is_ready(order) and (order.pk not in beforehand or order.status == WorkOrderStatus.CANCELLED):
            raise Refused(
                _("Work order %(number)s is not ready for invoicing: it is “%(status)s”.")
                % {"number": order.number, "status": order.get_status_display()}
            )


def _is_ready(order: WorkOrder) -> bool:
    return order.status in (WorkOrderStatus.READY_FOR_INVOICING, WorkOrderStatus.INVOICED)


def _delivered_on(orders: list[WorkOrder]) -> Any:
    last = Visit.objects.filter(work_order__in=orders).aggregate(last=Max("finished_at"))["last"]
    return timezone.localdate(last) if last else clock.today()


def invoice_change(
    *,
    invoice: Invoice,
    by: Actor,
    reference: str,
    note: str,
    payment_term_days: int,
    version: int | None = None,
) -> Invoice:
    """Change what a draft says beside its lines. Their VAT follows the customer's reverse charge."""
    with transaction.atomic():
        locked = draft_lock(invoice, by, version)
        locked.reference, locked.note, locked.payment_term_days = reference, note, payment_term_days
        locked.save(update_fields=["reference", "note", "payment_term_days"])
        if changed := draft_vat_follow(locked):
            InvoiceLine.objects.bulk_update(changed, ["vat_category", "vat_rate"])
            draft_sums_store(locked)
        touch(locked, verb="change", by=by)
    return locked


def line_change(
    *,
    line: InvoiceLine,
    by: Actor,
    description: str,
    quantity: Decimal | None = None,
    unit_price: Decimal | None = None,
) -> InvoiceLine:
    """Change a line of a draft. Quantity and price of a line that charges a billable are the review's: locked.

    What was corrected changes with its corrections: they are one line to the customer. What is asked anew of a credited line
    is lowered by a line of its own, with its reason: Raises Refused.
    """
    with transaction.atomic():
        invoice = draft_lock(line.invoice, by)
        line = line_get(line, invoice)
        InvoiceLine.objects.filter(pk__in=[one.pk for one in parts_of(line)]).update(description=description)
        line.description = description
        asked = (
            line.quantity if quantity is None else quantity,
            line.unit_price if unit_price is None else unit_price,
        )
        if asked != (line.quantity, line.unit_price):
            if not line.is_free:
                raise Refused(
                    _("Quantity and price come from the review: correct them there, with a reason.")
                )
            net = line_net(*asked, line.discount)
            if net < line.net and gives_up_credited(line, net):
                raise Refused(
                    _("It was credited, and is asked anew here: say why it is less in a line of its own.")
                )
            _reason_check(net, line.reason)
            change_check(line, net, by=by)
            line.quantity, line.unit_price, line.net = *asked, net
        line.save(update_fields=["description", "quantity", "unit_price", "net"])
        draft_sums_store(invoice)
        touch(invoice, verb="line_change", by=by)
    return line


def line_add(
    *,
    invoice: Invoice,
    by: Actor,
    description: str,
    quantity: Decimal,
    unit: str,
    unit_price: Decimal,
    vat_code: VatCode,
    reason: str = "",
) -> InvoiceLine:
    """Add a free line to a draft: something that no job recorded, such as administration costs, or a discount.

    Raises Refused for a discount without a reason, Forbidden when the invoice then gives up more than
    `PricingPolicy.loss_limit` without the right.
    """
    net = line_net(quantity, unit_price)
    with transaction.atomic():
        locked = draft_lock(invoice, by)
        vat = vat_for(locked.customer, vat_code)
        last = locked.lines.aggregate(last=Max("position"))["last"] or 0
        line = InvoiceLine(
            invoice=locked,
            position=last + 1,
            description=description,
            quantity=quantity,
            unit=unit,
            unit_price=unit_price,
            vat_code=vat.code,
            vat_category=vat.category,
            vat_rate=vat.rate,
            net=net,
            reason=reason.strip(),
        )
        _reason_check(net, line.reason)
        if net < 0:
            loss_check(by, line_gives_up(line) + given_up_on(locked))
        line.save()
        draft_sums_store(locked)
        touch(locked, verb="line_add", by=by, reason=reason.strip())
    return line


def _reason_check(net: Decimal, reason: str) -> None:
    if net < 0 and not reason.strip():
        raise Refused(_("Say why the invoice asks less: add it as a line of its own, with its reason."))


def line_remove(*, line: InvoiceLine, by: Actor, reason: str = "") -> None:
    """Take a line off a draft, with its corrections. What it charged stays billable, for another invoice.

    What it asks anew of a credited line is given up: Raises Refused without a reason, Forbidden for who may not give up
    so much with what the draft gives up beside it. Refused for a deposit that was asked: without it the customer is
    asked twice.
    """
    with transaction.atomic():
        invoice = draft_lock(line.invoice, by)
        if line.deducts_id is not None:
            raise Refused(
                _(
                    "This deposit was asked already, and comes off here. To ask it otherwise, credit its invoice first."
                )
            )
        line = line_get(line, invoice)
        if asks_credited(line):
            if not reason.strip():
                raise Refused(_("It was credited, and is asked anew here: say why it is given up."))
            loss_check(by, line_given_up(line))
            line_give_up(line, by=by, reason=reason)
        else:
            InvoiceLine.objects.filter(pk__in=[one.pk for one in parts_of(line)]).delete()
        draft_sums_store(invoice)
        touch(invoice, verb="line_remove", by=by, reason=(reason or line.description)[:200])


def invoice_cancel(*, invoice: Invoice, by: Actor, reason: str, version: int | None = None) -> Invoice:
    """Cancel a draft; its work is ready for invoicing again. An issued invoice is credited instead.

    What it asks anew of credited lines is given up: Raises Forbidden for who may not give up so much; Stale when it is not
    the `version` that was seen: what a colleague typed on it since would be gone.
    """
    with transaction.atomic():
        origin_lock(invoice)
        version_lock(invoice, version)
        loss_check(by, credited_given_up(invoice))
        move(invoice, "cancel", by=by, reason=reason)
        InvoiceLine.objects.filter(invoice=invoice, live=True).update(live=False)
    return invoice
