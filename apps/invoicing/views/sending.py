"""Sending an invoice, again, and reminding."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.numbers import pk_read
from apps.core.web import requires
from apps.invoicing import actions
from apps.invoicing.forms import SendForm
from apps.invoicing.pages import invoice_get


def _send(request: HttpRequest, pk: int, *, again: bool) -> HttpResponse:
    invoice = invoice_get(request, pk)
    form = SendForm(request.POST or None, initial={"to_address": (invoice.buyer or {}).get("email", "")})
    if request.method == "POST" and form.is_valid():
        send = actions.invoice_resend if again else actions.invoice_send
        address = form.cleaned_data["to_address"]
        send(invoice=invoice, by=request.user, to_address=address)
        messages.success(
            request,
            _("%(invoice)s is on its way to %(address)s.") % {"invoice": invoice, "address": address},
        )
        return redirect("invoicing:invoice_detail", pk)
    context = {"invoice": invoice, "form": form, "again": again}
    status = 422 if request.method == "POST" else 200
    return render(request, "invoicing/invoice_send.html", context, status=status)


@requires("issue_invoice")
@require_http_methods(["GET", "POST"])
def invoice_send(request: HttpRequest, pk: int) -> HttpResponse:
    return _send(request, pk, again=False)


@requires("issue_invoice")
@require_http_methods(["GET", "POST"])
def invoice_resend(request: HttpRequest, pk: int) -> HttpResponse:
    return _send(request, pk, again=True)


@requires("issue_invoice")
@require_POST
def reminder_send(request: HttpRequest, pk: int) -> HttpResponse:
    invoice = invoice_get(request, pk)
    shown = pk_read(request.POST.get("step"))
    reminder = actions.reminder_send(invoice=invoice, by=request.user, step=shown)
    messages.success(request, _("Reminder %(step)s is on its way.") % {"step": reminder.step})
    return redirect("invoicing:invoice_detail", pk)
