"""What the worker does for invoices."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from apps.core.database import OFFICE, as_role
from apps.invoicing.actions import documents_make
from apps.invoicing.actions.sending import invoice_mail
from apps.invoicing.models import Invoice

RETRY = RetryStrategy(max_attempts=5, exponential_wait=5)


@app.task(name="invoicing.documents", retry=RETRY)
def invoice_documents(invoice_id: int) -> None:
    """Make the PDF and the e-invoice, if nobody asked for them before."""
    with as_role(OFFICE):
        documents_make(invoice=Invoice.objects.get(pk=invoice_id))


@app.task(name="invoicing.mail", retry=RETRY)
def mail(invoice_id: int, address: str, step: int) -> None:
    """Make the documents and queue the mail that carries them."""
    with as_role(OFFICE):
        invoice_mail(invoice=Invoice.objects.get(pk=invoice_id), address=address, step=step)
