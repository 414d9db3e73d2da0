"""What was sent and did not arrive, and papers that went nowhere."""

from django.utils.translation import gettext_lazy as _

from apps.leaks.signs.base import Sign, register
from apps.messaging.models import LATE


@register
class MailFailed(Sign):
    name = "mail_failed"
    label = _("Mail not delivered")
    cause = _("A mail to a customer did not arrive: an offer, an appointment or an invoice that nobody read.")
    action = _("Correct the address and send again")
    subject = "messaging.message"
    url_name = "messaging:message_resend"
    query = """
        SELECT m.id, m.id, m.subject || ' → ' || m.to_address, 0, m.queued_at
          FROM messaging_message m
         WHERE m.status = 'failed' AND NOT EXISTS (
               SELECT 1 FROM messaging_message o
                WHERE o.about_type = m.about_type AND o.about_id = m.about_id AND o.kind = m.kind AND o.facts = m.facts
                  AND o.status = 'sent' AND o.sent_at > m.queued_at)
    """


@register
class MailStuck(Sign):
    name = "mail_stuck"
    label = _("Mail not gone")
    cause = _("A mail to a customer should have left and did not: an offer, an appointment or an invoice.")
    action = _("See why and send again")
    subject = "messaging.message"
    url_name = "messaging:message_resend"
    after = LATE
    query = """
        SELECT m.id, m.id, m.subject || ' → ' || m.to_address, 0, m.queued_at
          FROM messaging_message m
         WHERE m.status IN ('queued', 'sending') AND greatest(m.queued_at, m.held_until) <= %(limit)s
    """


@register
class UnpaidInNoPackage(Sign):
    name = "unpaid_in_no_package"
    label = _("Unpaid invoice in no package")
    cause = _("The month is over, the VAT of this invoice is due, and the bookkeeper never got it.")
    action = _("Make a package")
    subject = "invoicing.invoice"
    url_name = "bookkeeping:package_list"
    url_needs_id = False
    query = """
        SELECT i.id, i.id, i.number || ' · ' || c.name, i.net - coalesce(n.net, 0), i.issued_at
          FROM invoicing_invoice i
          JOIN customers_customer c ON c.id = i.customer_id
          LEFT JOIN LATERAL (SELECT sum(net) AS net FROM invoicing_invoice
                              WHERE credits_id = i.id AND number IS NOT NULL) n ON true
         WHERE i.status IN ('issued', 'sent') AND i.kind = 'invoice'
           AND i.issue_date < date_trunc('month', %(today)s::date)
           AND NOT EXISTS (SELECT 1 FROM bookkeeping_packageline p WHERE p.invoice_id = i.id)
    """


@register
class CreditInNoPackage(Sign):
    name = "credit_in_no_package"
    label = _("Credit note in no package")
    cause = _(
        "The month is over, and the bookkeeper never got this credit note: its VAT is still to be taken back."
    )
    action = _("Make a package")
    subject = "invoicing.invoice"
    url_name = "bookkeeping:package_list"
    url_needs_id = False
    query = """
        SELECT i.id, i.id, i.number || ' · ' || c.name, 0, i.issued_at
          FROM invoicing_invoice i
          JOIN customers_customer c ON c.id = i.customer_id
         WHERE i.kind = 'credit_note' AND i.number IS NOT NULL AND i.issue_date < date_trunc('month', %(today)s::date)
           AND NOT EXISTS (SELECT 1 FROM bookkeeping_packageline p WHERE p.invoice_id = i.id)
    """


@register
class QuoteExpires(Sign):
    name = "quote_expires"
    label = _("Quote about to expire")
    cause = _("The quote is valid for a few days more, and the customer did not answer.")
    action = _("Call the customer")
    subject = "quotes.quote"
    url_name = "quotes:quote_detail"
    query = """
        SELECT q.id, q.id, q.number || ' · ' || c.name, v.net, v.frozen_at
          FROM quotes_quote q
          JOIN customers_customer c ON c.id = q.customer_id
          JOIN quotes_quoteversion v ON v.id = q.current_id
         WHERE q.status = 'sent' AND v.valid_until BETWEEN %(today)s AND %(today)s + 5
    """
