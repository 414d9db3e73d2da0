"""Mail to the customer: the invoice with its documents and private pay page, again, and reminders.

An invoice is sent when the mail server has its mail, not when somebody pressed the button.
"""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.actors import SYSTEM, Actor
from apps.core.formats import local_moment, moment, money
from apps.core.refusals import Refused
from apps.core.tokens import token_for, token_hash
from apps.core.transitions import move
from apps.customers.models import CustomerKind
from apps.documents.models import StoredFile
from apps.invoicing import rules
from apps.invoicing.actions.case import fact_add
from apps.invoicing.actions.common import invoice_lock, may_or_refuse, open_amount, touch
from apps.invoicing.actions.issuing import documents_make
from apps.invoicing.models import FactKind, Invoice, InvoiceFact, PayLink, Reminder
from apps.invoicing.querysets import mails_under_way
from apps.invoicing.states import STEPS, InvoiceStatus
from apps.messaging.actions import message_queue
from apps.messaging.links import placeholder
from apps.messaging.models import Message

PURPOSE = "pay"


def invoice_send(*, invoice: Invoice, by: Actor, to_address: str | None = None) -> Invoice:
    """Mail an issued invoice with PDF and e-invoice, and the private address where the customer reads and pays it.

    It counts as sent once the mail has left. Raises Refused without an address to send to, and while a mail with it
    is on its way.
    """
    may_or_refuse(by, "issue_invoice")
    with transaction.atomic():
        locked = invoice_lock(invoice.pk)
        if locked.status != InvoiceStatus.ISSUED:
            raise Refused(
                _("“%(step)s” is no longer possible: %(record)s is now “%(status)s”.")
                % {"step": STEPS["send"].label, "record": locked, "status": locked.get_status_display()}
            )
        if mails_under_way().filter(about_id=locked.pk).exists():
            raise Refused(_("The mail with %(invoice)s is on its way already.") % {"invoice": locked})
        address = _address(locked, to_address)
        _mail(locked, address=address, step=0)
        touch(locked, verb="mail", by=by, reason=address)
    invoice.version = locked.version
    return locked


def invoice_left(message: Message) -> None:
    """The mail server has the mail with an invoice."""
    locked = invoice_lock(message.about_id)
    if not InvoiceFact.objects.filter(invoice=locked, kind=FactKind.SENT).exists():
        fact_add(locked, FactKind.SENT, by=SYSTEM, note=message.to_address)
    if locked.status == InvoiceStatus.ISSUED:  # it may have been paid before
        move(locked, "send", by=SYSTEM, reason=message.to_address)


def invoice_files(message: Message) -> list[StoredFile]:
    """What the mail of an invoice carries, made if nobody asked for it before."""
    made = documents_make(invoice=Invoice.objects.get(pk=message.about_id))
    return [made.pdf, made.ubl]


def invoice_resend(*, invoice: Invoice, by: Actor, to_address: str | None = None) -> Invoice:
    """Mail an invoice again, to another address if one is given."""
    may_or_refuse(by, "issue_invoice")
    with transaction.atomic():
        locked = invoice_lock(invoice.pk)
        if locked.status not in (InvoiceStatus.SENT, InvoiceStatus.PAID):
            raise Refused(
                _("%(invoice)s cannot be sent again: it is “%(status)s”.")
                % {"invoice": locked, "status": locked.get_status_display()}
            )
        address = _address(locked, to_address)
        _mail(locked, address=address, step=0)
        touch(locked, verb="resend", by=by, reason=address)
    return locked


def reminder_send(
    *, invoice: Invoice, by: Actor, to_address: str | None = None, step: int | None = None
) -> Reminder:
    """Send the next reminder of an overdue invoice. Raises Refused while none is due.

    With `step`, the one that the page spoke of, also when another is next by now: a colleague sent that one.
    """
    may_or_refuse(by, "issue_invoice")
    with transaction.atomic():
        locked = invoice_lock(invoice.pk)
        if locked.status != InvoiceStatus.SENT or locked.due_date is None or open_amount(locked) <= 0:
            raise Refused(_("Only an invoice that was sent and is not paid gets a reminder."))
        sent = list(Reminder.objects.filter(invoice=locked).select_related("by").order_by("step"))
        due = reminder_due(locked, sent)
        if sent and step not in (None, due):
            raise Refused(_reminded_sentence(sent[-1]))
        if not due:
            raise Refused(_("No reminder is due yet for %(invoice)s.") % {"invoice": locked})
        address = _address(locked, to_address)
        reminder = Reminder.objects.create(invoice=locked, step=due, at=clock.now(), by_id=by.pk)
        _mail(locked, address=address, step=due)
        touch(locked, verb="remind", by=by, reason=address)
    return reminder


def reminder_due(invoice: Invoice, sent: Sequence[Reminder]) -> int:
    """The step of the reminder that may go out today after these, or 0."""
    if invoice.due_date is None:
        return 0
    days = [local_moment(one.at).date() for one in sent]
    return rules.reminder_due(due=invoice.due_date, today=clock.today(), sent=days)


def _reminded_sentence(last: Reminder) -> str:
    return _("%(who)s sent reminder %(step)s of %(invoice)s, %(when)s. Nothing was sent now.") % {
        "who": last.by.name if last.by else "Watertight",
        "step": last.step,
        "invoice": last.invoice,
        "when": moment(last.at),
    }


def pay_link_get(invoice: Invoice) -> PayLink:
    """The private address of a locked invoice, made the first time that it is needed."""
    found = PayLink.objects.filter(invoice=invoice).first()
    if found is not None:
        return found
    nonce = uuid.uuid4()
    return PayLink.objects.create(
        invoice=invoice, nonce=nonce, token_hash=token_hash(token_for(PURPOSE, nonce)), made_at=clock.now()
    )


def _address(invoice: Invoice, given: str | None) -> str:
    address = given or (invoice.buyer or {}).get("email") or ""
    if not address:
        raise Refused(
            _("%(customer)s has no e-mail address: give one, or mark the invoice as sent by post.")
            % {"customer": invoice.customer}
        )
    return address


def _mail(invoice: Invoice, *, address: str, step: int) -> None:
    """Queue the mail of a locked invoice; `step` above zero makes it a reminder."""
    seller, buyer = invoice.seller or {}, invoice.buyer or {}
    left = open_amount(invoice)
    # By Dutch law a consumer owes collection costs only after a last reminder that names them.
    is_consumer = buyer.get("kind") == CustomerKind.PERSON and buyer.get("country") == "NL"
    names_costs = is_consumer and step == len(rules.REMINDER_AFTER)
    with translation.override(invoice.language):
        context = {
            "invoice": invoice,
            "seller": seller,
            "buyer": buyer,
            "open": money(left),
            "costs": money(rules.collection_costs(left)) if names_costs else "",
            "total": money(invoice.total),
            "step": step,
            "iban": rules.grouped_iban(seller.get("iban", "")),
            "link": placeholder(PURPOSE, pay_link_get(invoice).nonce),
        }
        subject = render_to_string("invoicing/mail_subject.txt", context)
        body = render_to_string("invoicing/mail_body.txt", context)
    kind = "reminder" if step else invoice.kind
    message_queue(
        kind=kind,
        about=invoice,
        to_address=address,
        to_name=buyer.get("name", ""),
        subject=subject,
        body=body,
        language=invoice.language,
    )
