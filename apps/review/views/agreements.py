"""The two ways out of an accepted quote that nobody carries out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.web import requires
from apps.quotes.pages import quote_or_404
from apps.review import actions
from apps.review.forms import ReasonForm


@requires("manage_work_orders")
@require_POST
def agreement_order(request: HttpRequest, pk: int) -> HttpResponse:
    order = actions.agreement_order(quote=quote_or_404(request, pk), by=request.user)
    messages.success(request, _("%(number)s is ready to plan.") % {"number": order.number})
    return redirect("workorders:work_order_detail", order.pk)


@requires("make_quotes")
@require_POST
def agreement_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    quote = quote_or_404(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        context = {
            "form": form, "title": _("The customer withdraws"), "go": _("The customer withdraws"),
            "back": reverse("quotes:quote_detail", args=[pk]),
        }  # fmt: skip
        return render(request, "review/form.html", context, status=422)
    actions.agreement_cancel(quote=quote, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("%(number)s is cancelled.") % {"number": quote.number})
    return redirect("quotes:quote_detail", pk)
