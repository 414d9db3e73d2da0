"""Every write to invoices, split by what happens to one: drafting, issuing, sending, payment, credit, the case's end."""

from apps.invoicing.actions.case import fact_mark, work_order_close, work_order_settle
from apps.invoicing.actions.corrections import correction_credit
from apps.invoicing.actions.credits import invoice_credit
from apps.invoicing.actions.deposits import deposit_leave
from apps.invoicing.actions.drafts import (
    invoice_cancel,
    invoice_change,
    invoice_draft,
    line_add,
    line_change,
    line_remove,
)
from apps.invoicing.actions.issuing import documents_make, invoice_issue
from apps.invoicing.actions.payments import payment_record, payment_reverse, payment_set_off
from apps.invoicing.actions.sending import invoice_resend, invoice_send, reminder_due, reminder_send

__all__ = [
    "correction_credit",
    "deposit_leave",
    "documents_make",
    "fact_mark",
    "invoice_cancel",
    "invoice_change",
    "invoice_credit",
    "invoice_draft",
    "invoice_issue",
    "invoice_resend",
    "invoice_send",
    "line_add",
    "line_change",
    "line_remove",
    "payment_record",
    "payment_reverse",
    "payment_set_off",
    "reminder_due",
    "reminder_send",
    "work_order_close",
    "work_order_settle",
]
