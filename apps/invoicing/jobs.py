"""What the worker does for invoices."""

from procrastinate.contrib.django import app

from apps.core.database import OFFICE, as_role
from apps.core.queue import Patience
from apps.invoicing.actions import documents_make
from apps.invoicing.models import Invoice


@app.task(name="invoicing.documents", retry=Patience())
def invoice_documents(invoice_id: int) -> None:
    """Make the PDF and the e-invoice, if nobody asked for them before."""
    with as_role(OFFICE):
        documents_make(invoice=Invoice.objects.get(pk=invoice_id))
