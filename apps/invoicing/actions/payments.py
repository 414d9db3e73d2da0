"""Money that came in, and money that went back. A payment is never changed, only reversed."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.formats import money
from apps.core.refusals import Refused
from apps.core.transitions import move
from apps.invoicing.actions.case import case_complete
from apps.invoicing.actions.common import invoice_lock, may_or_refuse, open_amount, touch
from apps.invoicing.models import FactKind, Invoice, InvoiceFact, Payment
from apps.invoicing.states import InvoiceStatus


def payment_record(
    *,
    invoice: Invoice,
    amount: Decimal,
    method: str,
    paid_on: date,
    by: Actor,
    reference: str = "",
    seen: Decimal | None = None,
) -> Payment:
    """Record euros that came in for an invoice; the last cent makes it paid. Below zero: a refund.

    `seen` is what was open when the office looked. Raises Refused when that changed meanwhile, for more than is
    open (or a refund of more than is owed), a draft, a credit note, and a day that is still to come.
    """
    may_or_refuse(by, "record_payment")
    if amount == 0:
        raise Refused(_("Give an amount."))
    if paid_on > clock.today():
        raise Refused(_("A payment cannot lie in the future."))
    with transaction.atomic():
        locked = invoice_lock(invoice.pk)
        if locked.is_credit_note:
            raise Refused(_("Record a refund on the invoice that was credited."))
        left = open_amount(locked)
        if seen is not None and seen != left:
            raise Refused(
                _(
                    "Meanwhile something was recorded on %(invoice)s: %(open)s is open now. Is this another payment?"
                )
                % {"invoice": locked, "open": money(left)}
            )
        _check_amount(locked, amount, left)
        payment = Payment.objects.create(
            invoice=locked,
            amount=amount,
            method=method,
            paid_on=paid_on,
            reference=reference,
            recorded_at=clock.now(),
            recorded_by_id=by.pk if by.actor_kind == "user" else None,
        )
        if left == amount and locked.status in (InvoiceStatus.ISSUED, InvoiceStatus.SENT):
            move(locked, "pay", by=by, reason=reference)
        else:
            touch(locked, verb="pay_part" if amount > 0 else "refund", by=by, reason=reference)
        case_complete(locked, by=by)
    invoice.status, invoice.version = locked.status, locked.version
    return payment


def _check_amount(invoice: Invoice, amount: Decimal, left: Decimal) -> None:
    if invoice.number is None:
        raise Refused(_("A draft cannot be paid: issue it first."))
    if amount > 0 and left <= 0:
        raise Refused(_("Nothing is open on %(invoice)s.") % {"invoice": invoice})
    if amount > left > 0:
        raise Refused(
            _("Only %(open)s is open on %(invoice)s. Record that, and the rest on the invoice it belongs to.")
            % {"open": money(left), "invoice": invoice}
        )
    if amount < 0 and amount < left:
        raise Refused(
            _("At most %(owed)s is owed to the customer.") % {"owed": money(max(-left, Decimal(0)))}
        )


def payment_reverse(*, payment: Payment, by: Actor, reason: str) -> Payment:
    """Take back a payment that was wrong, bounced or booked twice: a row of its own undoes it."""
    may_or_refuse(by, "record_payment")
    if not reason.strip():
        raise Refused(_("Give a reason."))
    with transaction.atomic():
        locked = invoice_lock(payment.invoice_id)
        if payment.reverses_id or Payment.objects.filter(reverses=payment).exists():
            raise Refused(_("This payment was already reversed."))
        back = Payment.objects.create(
            invoice=locked,
            amount=-payment.amount,
            method=payment.method,
            paid_on=clock.today(),
            reference=reason[:140],
            reverses=payment,
            recorded_at=clock.now(),
            recorded_by_id=by.pk if by.actor_kind == "user" else None,
        )
        if locked.status == InvoiceStatus.PAID and open_amount(locked) > 0:
            sent = InvoiceFact.objects.filter(invoice=locked, kind=FactKind.SENT).exists()
            move(locked, "unpay" if sent else "unpay_unsent", by=by, reason=reason)
        else:
            touch(locked, verb="reverse", by=by, reason=reason)
    return back
