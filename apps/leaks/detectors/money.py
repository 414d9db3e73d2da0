"""Money that was earned and does not come in."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from apps.leaks.detectors.base import Detector, register
from apps.messaging.models import LATE


@register
class NotInvoiced(Detector):
    name = "not_invoiced"
    label = _("Reviewed, not invoiced")
    cause = _("The review is done, and what it says is to be invoiced stands on no issued invoice.")
    action = _("Make the invoice")
    subject = "workorders.workorder"
    url_name = "workorders:work_order_detail"
    after = timedelta(days=2)
    query = """
        SELECT w.id, w.id, w.number || ' · ' || c.name, l.open, r.approved_at
          FROM workorders_workorder w
          JOIN customers_customer c ON c.id = w.customer_id
          JOIN review_review r ON r.work_order_id = w.id AND r.status = 'approved'
          JOIN LATERAL (SELECT open FROM invoicing_ledger WHERE work_order_id = w.id) l ON true
         WHERE w.status = 'ready_for_invoicing' AND r.approved_at < %(limit)s AND l.open <> 0
    """


@register
class NotSent(Detector):
    name = "not_sent"
    label = _("Issued, not sent")
    cause = _("The invoice has its number and the customer never got it.")
    action = _("Send")
    subject = "invoicing.invoice"
    url_name = "invoicing:invoice_detail"
    after = timedelta(days=1)
    query = """
        SELECT i.id, i.id, i.number || ' · ' || c.name, i.payable, i.issued_at
          FROM invoicing_invoice i JOIN customers_customer c ON c.id = i.customer_id
         WHERE i.status = 'issued' AND i.kind = 'invoice' AND i.issued_at < %(limit)s
    """


@register
class Overdue(Detector):
    name = "overdue"
    label = _("Overdue")
    cause = _("The customer should have paid by now.")
    action = _("Remind or call")
    subject = "invoicing.invoice"
    url_name = "invoicing:invoice_detail"
    query = """
        SELECT i.id, i.id, i.number || ' · ' || c.name, i.payable - paid.amount, i.due_date::timestamptz
          FROM invoicing_invoice i
          JOIN customers_customer c ON c.id = i.customer_id
          JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS amount FROM invoicing_payment
                         WHERE invoice_id = i.id) paid ON true
         WHERE i.status IN ('issued', 'sent') AND i.kind = 'invoice' AND i.due_date < %(today)s
           AND i.payable > paid.amount
    """


@register
class MailFailed(Detector):
    name = "mail_failed"
    label = _("Mail not delivered")
    cause = _("A mail to a customer did not arrive: an offer, an appointment or an invoice that nobody read.")
    action = _("Correct the address and send again")
    subject = "messaging.message"
    url_name = "messaging:message_resend"
    query = """
        SELECT m.id, m.id, m.subject || ' → ' || m.to_address, 0, m.queued_at
          FROM messaging_message m WHERE m.status = 'failed'
    """


@register
class MailStuck(Detector):
    name = "mail_stuck"
    label = _("Mail not gone")
    cause = _("A mail to a customer should have left and did not: an offer, an appointment or an invoice.")
    action = _("See why and send again")
    subject = "messaging.message"
    url_name = "messaging:message_resend"
    after = LATE
    query = """
        SELECT m.id, m.id, m.subject || ' → ' || m.to_address, 0, m.queued_at
          FROM messaging_message m WHERE m.status IN ('queued', 'sending') AND m.queued_at <= %(limit)s
    """
