"""Payments, their reversal, and credit notes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core import clock
from apps.core.refusals import Refused
from apps.core.web import requires
from apps.invoicing import actions
from apps.invoicing.actions.common import open_amount
from apps.invoicing.forms import METHODS, CreditForm, PaymentForm, ReverseForm, SetOffForm
from apps.invoicing.models import Invoice, Payment, PaymentMethod
from apps.invoicing.pages import invoice_get


@requires("record_payment")
@require_http_methods(["GET", "POST"])
def payment_record(request: HttpRequest, pk: int) -> HttpResponse:
    """By bank, or on site (`?method=pin`); what is open is filled in."""
    invoice = invoice_get(request, pk)
    left = open_amount(invoice)
    asked = request.GET.get("method", "")
    initial = {
        "amount": left or None,
        "method": asked if asked in dict(METHODS) else PaymentMethod.BANK,
        "paid_on": clock.today(),
    }
    form = PaymentForm(request.POST or None, initial=initial, invoice=invoice, left=left)
    if request.method == "POST" and form.is_valid():
        try:
            actions.payment_record(
                invoice=invoice, by=request.user, too_much=form.is_too_much, **form.cleaned_data
            )
        except Refused as refused:
            form.add_error("amount", str(refused))
            invoice = invoice_get(request, pk)
            left = open_amount(invoice)
        else:
            messages.success(request, _("The payment is recorded."))
            return redirect("invoicing:invoice_detail", pk)
    status = 422 if request.method == "POST" else 200
    context = {"invoice": invoice, "form": form, "open": left}
    return render(request, "invoicing/payment_record.html", context, status=status)


@requires("record_payment")
@require_POST
def payment_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    visible = Invoice.objects.for_user(request.user)
    payment = get_object_or_404(Payment.objects.select_related("invoice"), pk=pk, invoice__in=visible)
    form = ReverseForm(request.POST)
    if not form.is_valid():
        context = {"payment": payment, "invoice": payment.invoice, "form": form}
        return render(request, "invoicing/payment_reverse.html", context, status=422)
    actions.payment_reverse(payment=payment, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("The payment is reversed."))
    return redirect("invoicing:invoice_detail", payment.invoice_id)


@requires("record_payment")
@require_http_methods(["GET", "POST"])
def payment_set_off(request: HttpRequest, pk: int) -> HttpResponse:
    """What is owed to the customer, against another invoice that is open."""
    invoice = invoice_get(request, pk)
    form = SetOffForm(request.POST or None, invoice=invoice)
    if request.method == "POST" and form.is_valid():
        try:
            actions.payment_set_off(invoice=invoice, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("It is set off."))
            return redirect("invoicing:invoice_detail", pk)
    status = 422 if request.method == "POST" else 200
    context = {"invoice": invoice, "form": form, "open": open_amount(invoice)}
    return render(request, "invoicing/payment_set_off.html", context, status=status)


@requires("issue_invoice")
@require_http_methods(["GET", "POST"])
def invoice_credit(request: HttpRequest, pk: int) -> HttpResponse:
    """A credit note of the ticked lines; all of them to begin with."""
    invoice = invoice_get(request, pk)
    lines = list(invoice.lines.filter(live=True).order_by("position", "id"))
    form = CreditForm(
        request.POST or None,
        invoice=invoice,
        by=request.user,  # type: ignore[arg-type]
        initial={"lines": [line.pk for line in lines]},
    )
    if request.method == "POST" and form.is_valid():
        note = actions.invoice_credit(
            invoice=invoice,
            by=request.user,
            reason=form.cleaned_data["reason"],
            lines=list(form.cleaned_data["lines"]),
            again=form.is_again,
        )
        messages.success(request, _("Credit note %(number)s is made.") % {"number": note.number})
        return redirect("invoicing:invoice_detail", note.pk)
    ticked = {str(one) for one in (request.POST.getlist("lines") if form.is_bound else form.initial["lines"])}
    context = {"invoice": invoice, "form": form, "lines": lines, "ticked": ticked}
    status = 422 if request.method == "POST" else 200
    return render(request, "invoicing/invoice_credit.html", context, status=status)
