"""What a customer sees of an invoice, by a private link and without an account."""

from io import BytesIO

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.company.models import Company
from apps.core import clock, formats
from apps.core.web import made_file
from apps.documents.web import file_response
from apps.invoicing import rules
from apps.invoicing.actions import documents_make
from apps.invoicing.actions.common import open_amount
from apps.invoicing.documents import paper, pay_qr
from apps.invoicing.models import PayLink
from apps.messaging.private_links import Door


def _gone(request: HttpRequest, link: PayLink | None) -> HttpResponse:
    context = {"company": Company.objects.row(), "invoice": link.invoice if link else None}
    return render(request, "invoicing/pay_gone.html", context)


by_token = Door(
    rows=lambda: PayLink.objects.select_related("invoice__credits"),
    live=lambda rows: rows.filter(killed_at=None),
    language=lambda link: link.invoice.language,
    gone=_gone,
)


@require_safe
@by_token
def invoice_pay(request: HttpRequest, link: PayLink) -> HttpResponse:
    """The invoice as on the PDF, what is still open, and how to pay it."""
    invoice = link.invoice
    shown = paper(invoice)
    left = open_amount(invoice)
    context = {
        "company": shown.seller,
        "invoice": invoice,
        "paper": shown,
        "open": left,
        "amount_typed": formats.typed(left, 2),
        "paid": list(invoice.payments.all()),
        "is_payable": shown.is_payable and left > 0,
        "is_overdue": rules.is_overdue(
            status=invoice.status, open_amount=left, due=invoice.due_date, today=clock.today()
        ),
        "token": request.link_token,  # type: ignore[attr-defined]
    }
    return render(request, "invoicing/pay.html", context)


@require_safe
@by_token
def invoice_pay_pdf(request: HttpRequest, link: PayLink) -> HttpResponseBase:
    return file_response(documents_make(invoice=link.invoice).pdf, download=True)


@require_safe
@by_token
def invoice_pay_qr(request: HttpRequest, link: PayLink) -> HttpResponse:
    """The SEPA QR code with what is open now."""
    invoice, left = link.invoice, open_amount(link.invoice)
    if invoice.is_credit_note or left <= 0:
        raise Http404
    out = BytesIO()
    if "picture" in request.GET:  # to be kept among the photos of the telephone that shows the page
        pay_qr(invoice, left).save(out, kind="png", border=4, scale=10, dark="#000", light="#fff")
        return made_file(out.getvalue(), f"{invoice.number}.png", "image/png", download=True)
    pay_qr(invoice, left).save(out, kind="svg", xmldecl=False, border=2, dark="#000", light="#fff", nl=False)
    return HttpResponse(out.getvalue(), content_type="image/svg+xml")
