"""One view per step that the office takes with a request. POST only."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.web import requires
from apps.customers.models import Customer
from apps.intake import actions
from apps.intake.forms.requests import ReasonForm
from apps.intake.models import Request


def _asked(request: HttpRequest, pk: int) -> Request:
    rows = Request.objects.for_user(request.user).select_related("customer", "site", "type")
    return get_object_or_404(rows, pk=pk)


def _refuse(request: HttpRequest, asked: Request, form: ReasonForm, label: str) -> HttpResponse:
    """The reason did not do: ask it again, on a page of its own."""
    context = {"asked": asked, "form": form, "label": label}
    return render(request, "intake/request_reason.html", context, status=422)


@requires("handle_requests")
@require_POST
def request_accept(request: HttpRequest, pk: int) -> HttpResponse:
    asked = actions.request_accept(request=_asked(request, pk), by=request.user)
    messages.success(request, _("%(number)s is accepted.") % {"number": asked.number})
    return redirect("intake:request_detail", pk)


@requires("handle_requests")
@require_POST
def request_decline(request: HttpRequest, pk: int) -> HttpResponse:
    asked, form = _asked(request, pk), ReasonForm(request.POST)
    if not form.is_valid():
        return _refuse(request, asked, form, _("Decline"))
    actions.request_decline(request=asked, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("%(number)s is declined.") % {"number": asked.number})
    return redirect("intake:request_detail", pk)


@requires("handle_requests")
@require_POST
def request_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    asked, form = _asked(request, pk), ReasonForm(request.POST)
    if not form.is_valid():
        return _refuse(request, asked, form, _("Cancel the request"))
    actions.request_cancel(request=asked, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("%(number)s is cancelled.") % {"number": asked.number})
    return redirect("intake:request_detail", pk)


@requires("handle_requests")
@require_POST
def request_close(request: HttpRequest, pk: int) -> HttpResponse:
    asked = actions.request_close(request=_asked(request, pk), by=request.user)
    messages.success(request, _("%(number)s is closed.") % {"number": asked.number})
    return redirect("intake:request_detail", pk)


@requires("handle_requests")
@require_POST
def request_customer_use(request: HttpRequest, pk: int, customer: int) -> HttpResponse:
    asked = _asked(request, pk)
    chosen = get_object_or_404(Customer.objects.for_user(request.user).active(), pk=customer)
    actions.request_customer_use(request=asked, customer=chosen, by=request.user)
    messages.success(
        request,
        _("%(number)s now belongs to %(customer)s.") % {"number": asked.number, "customer": chosen},
    )
    return redirect("intake:request_detail", pk)
