"""What a customer sees of an invoice, by a private link and without an account."""

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from apps.company.models import Company
from apps.core import clock
from apps.core.database import OFFICE, as_role
from apps.core.tokens import token_hash
from apps.documents.web import file_response
from apps.invoicing import rules
from apps.invoicing.actions import documents_make
from apps.invoicing.actions.common import open_amount
from apps.invoicing.documents import paper, pay_qr
from apps.invoicing.models import Invoice, PayLink

View = Callable[[HttpRequest, Invoice, str], HttpResponseBase]


def by_token(view: View) -> Callable[..., HttpResponseBase]:
    """Find the invoice of a private link; only then is anything of it read. A dead link says so kindly.

    What the view answers is rendered in here, in the office's database role, and nobody may keep it.
    """

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponseBase:
        with as_role(OFFICE):
            link = (
                PayLink.objects.select_related("invoice__credits")
                .filter(token_hash=token_hash(token))
                .first()
            )
            if link is None or link.killed_at is not None:
                response: HttpResponseBase = _gone(request, link)
            else:
                with translation.override(link.invoice.language):
                    response = view(request, link.invoice, token)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return login_not_required(require_safe(guarded))


def _gone(request: HttpRequest, link: PayLink | None) -> HttpResponse:
    company = Company.objects.row()
    language = link.invoice.language if link else (company.language if company else "nl")
    context: dict[str, Any] = {"company": company, "invoice": link.invoice if link else None}
    with translation.override(language):
        return render(request, "invoicing/pay_gone.html", context, status=410 if link else 404)


@by_token
def invoice_pay(request: HttpRequest, invoice: Invoice, token: str) -> HttpResponse:
    """The invoice as on the PDF, what is still open, and how to pay it."""
    shown = paper(invoice)
    left = open_amount(invoice)
    context = {
        "company": shown.seller,
        "invoice": invoice,
        "paper": shown,
        "open": left,
        "paid": list(invoice.payments.all()),
        "is_payable": shown.is_payable and left > 0,
        "is_overdue": rules.is_overdue(
            status=invoice.status, open_amount=left, due=invoice.due_date, today=clock.today()
        ),
        "token": token,
    }
    return render(request, "invoicing/pay.html", context)


@by_token
def invoice_pay_pdf(request: HttpRequest, invoice: Invoice, token: str) -> HttpResponseBase:
    return file_response(documents_make(invoice=invoice).pdf, download=True)


@by_token
def invoice_pay_qr(request: HttpRequest, invoice: Invoice, token: str) -> HttpResponse:
    """The SEPA QR code with what is open now."""
    left = open_amount(invoice)
    if invoice.is_credit_note or left <= 0:
        return HttpResponse(status=404)
    out = BytesIO()
    pay_qr(invoice, left).save(out, kind="svg", xmldecl=False, border=2, dark="#000", light="#fff", nl=False)
    return HttpResponse(out.getvalue(), content_type="image/svg+xml")
