"""Money that came in, and money that went back. A payment is never changed, only reversed."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.formats import day, money
from apps.core.refusals import Refused
from apps.core.transitions import follow, move
from apps.invoicing.actions.case import case_complete
from apps.invoicing.actions.common import invoice_lock, may_or_refuse, open_amount, touch
from apps.invoicing.models import FactKind, Invoice, InvoiceFact, Payment, PaymentMethod
from apps.invoicing.states import InvoiceStatus

# Work is paid on the spot, and invoiced within the year.
EARLIEST = timedelta(days=366)


def payment_record(
    *,
    invoice: Invoice,
    amount: Decimal,
    method: str,
    paid_on: date,
    by: Actor,
    reference: str = "",
    seen: Decimal | None = None,
    too_much: bool = False,
) -> Payment:
    """Record euros that came in for an invoice; the last cent makes it paid. Below zero: a refund.

    `seen` is what was open when the office looked; `too_much` that it knows of an amount above that, of which the rest
    is then owed to the customer. Raises Refused when what is open changed meanwhile, for more than is open that nobody
    knows of, a refund of more than is owed, a draft, a credit note, and a day that cannot be (`paid_on_check`).
    """
    may_or_refuse(by, "record_payment")
    if amount == 0:
        raise Refused(_("Give an amount."))
    paid_on_check(invoice, paid_on)
    with transaction.atomic():
        locked = invoice_lock(invoice.pk)
        if locked.is_credit_note:
            raise Refused(_("Record a refund on the invoice that was credited."))
        left = _open_as_seen(locked, seen)
        _check_amount(locked, amount, left, too_much=too_much)
        payment = _row(locked, amount, by=by, method=method, paid_on=paid_on, reference=reference)
        _settle(locked, verb="pay_part" if amount > 0 else "refund", by=by, reason=reference)
    follow(invoice, locked)
    return payment


def paid_on_check(invoice: Invoice, paid_on: date) -> None:
    """Raises Refused for a day to come, and for one so long before the invoice that it is a typing error."""
    if paid_on > clock.today():
        raise Refused(_("A payment cannot lie in the future."))
    if invoice.issue_date is not None and paid_on < invoice.issue_date - EARLIEST:
        raise Refused(
            _("%(day)s is more than a year before %(invoice)s, of %(date)s. A typing error?")
            % {"day": day(paid_on), "invoice": invoice, "date": day(invoice.issue_date)}
        )


def _open_as_seen(invoice: Invoice, seen: Decimal | None) -> Decimal:
    """What is open on a locked invoice. Raises Refused when that is not what somebody saw."""
    left = open_amount(invoice)
    if seen is not None and seen != left:
        raise Refused(
            _(
                "Meanwhile something was recorded on %(invoice)s: %(open)s is open now. Is this another payment?"
            )
            % {"invoice": invoice, "open": money(left)}
        )
    return left


def _check_amount(invoice: Invoice, amount: Decimal, left: Decimal, *, too_much: bool) -> None:
    if invoice.number is None:
        raise Refused(_("A draft cannot be paid: issue it first."))
    if amount > 0 and left <= 0 and not too_much:
        raise Refused(_("Nothing is open on %(invoice)s.") % {"invoice": invoice})
    if amount > left > 0 and not too_much:
        raise Refused(
            _("Only %(open)s is open on %(invoice)s. Record that, and the rest on the invoice it belongs to.")
            % {"open": money(left), "invoice": invoice}
        )
    if amount < 0 and amount < left:
        raise Refused(
            _("At most %(owed)s is owed to the customer.") % {"owed": money(max(-left, Decimal(0)))}
        )


def _row(invoice: Invoice, amount: Decimal, *, by: Actor, **fields: Any) -> Payment:
    return Payment.objects.create(
        invoice=invoice,
        amount=amount,
        recorded_at=clock.now(),
        recorded_by_id=by.pk,
        **fields,
    )


def _settle(invoice: Invoice, *, verb: str, by: Actor, reason: str) -> None:
    """Bring the status of a locked invoice in line with what is open on it now, and close its case if that is all."""
    left = open_amount(invoice)
    if left <= 0 and invoice.status in (InvoiceStatus.ISSUED, InvoiceStatus.SENT):
        move(invoice, "pay", by=by, reason=reason)
    elif left > 0 and invoice.status == InvoiceStatus.PAID:
        sent = InvoiceFact.objects.filter(invoice=invoice, kind=FactKind.SENT).exists()
        move(invoice, "unpay" if sent else "unpay_unsent", by=by, reason=reason)
    else:
        touch(invoice, verb=verb, by=by, reason=reason)
    case_complete(invoice, by=by)


def payment_reverse(*, payment: Payment, by: Actor, reason: str) -> Payment:
    """Take back a payment that was wrong, bounced or booked twice: a row of its own undoes it.

    What was set off goes back from the one invoice to the other.
    """
    may_or_refuse(by, "record_payment")
    if not reason.strip():
        raise Refused(_("Give a reason."))
    with transaction.atomic():
        other = _other_half(payment)
        locked = _locked(payment.invoice_id, *([other.invoice_id] if other else []))
        if payment.reverses_id or Payment.objects.filter(reverses=payment).exists():
            raise Refused(_("This payment was already reversed."))
        # What came in goes out first: what goes back to the other invoice is taken from that.
        undone = sorted([payment, other] if other else [payment], key=lambda one: -one.amount)
        made: list[Payment] = []
        for one in undone:
            made.append(
                _row(
                    locked[one.invoice_id],
                    -one.amount,
                    by=by,
                    method=one.method,
                    paid_on=clock.today(),
                    reference=reason[:140],
                    reverses=one,
                    taken_from=made[0] if made else None,
                )
            )
        for one in undone:
            _settle(locked[one.invoice_id], verb="reverse", by=by, reason=reason)
    return made[undone.index(payment)]


def _locked(*pks: int) -> dict[int, Invoice]:
    """The invoices, locked in the order of their ids, so that two who lock the same wait for each other."""
    return {pk: invoice_lock(pk) for pk in sorted(set(pks))}


def _other_half(payment: Payment) -> Payment | None:
    """The row on the other invoice of what was set off."""
    if payment.method != PaymentMethod.SET_OFF:
        return None
    return Payment.objects.filter(Q(pk=payment.taken_from_id) | Q(taken_from=payment)).get()


def payment_set_off(*, invoice: Invoice, against: Invoice, by: Actor, seen: Decimal | None = None) -> Payment:
    """Set what is owed on an invoice against another open one of the customer, as far as both reach.

    Two rows, one below zero and one above, each other's. `seen` is what was open on `invoice` when the office looked.
    Raises Refused when that changed meanwhile, when nothing is owed or open, and for an invoice of somebody else.
    """
    may_or_refuse(by, "record_payment")
    with transaction.atomic():
        locked = _locked(invoice.pk, against.pk)
        giving, taking = locked[invoice.pk], locked[against.pk]
        if giving == taking or giving.customer_id != taking.customer_id:
            raise Refused(_("Choose another invoice of the same customer."))
        owed = -_open_as_seen(giving, seen)
        left = open_amount(taking)
        if owed <= 0:
            raise Refused(_("Nothing is owed to the customer on %(invoice)s.") % {"invoice": giving})
        if left <= 0:
            raise Refused(_("Nothing is open on %(invoice)s.") % {"invoice": taking})
        amount, today = min(owed, left), clock.today()
        fields: dict[str, Any] = {"by": by, "method": PaymentMethod.SET_OFF, "paid_on": today}
        out = _row(giving, -amount, reference=str(taking), **fields)
        into = _row(taking, amount, reference=str(giving), taken_from=out, **fields)
        _settle(giving, verb="set_off", by=by, reason=str(taking))
        _settle(taking, verb="set_off", by=by, reason=str(giving))
    follow(invoice, giving)
    return into
