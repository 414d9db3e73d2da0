"""Maintenance contracts: the list, one of them, and every change."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.company.lists import saved_views
from apps.core import clock, formats
from apps.core.editing import Edit, edits
from apps.core.numbers import pk_read
from apps.core.web import requires
from apps.customers.models import Customer
from apps.maintenance import actions
from apps.maintenance.forms import ChangeContractForm, ContractForm, EndForm
from apps.maintenance.lists import ContractList, contract_rows, rhythm
from apps.maintenance.models import Contract, ContractVisit
from apps.messaging.record import record_ask
from apps.pricing.models import VatCode

CUSTOMERS_SHOWN = 12


def _of(request: HttpRequest, pk: int) -> Contract:
    rows = Contract.objects.for_user(request.user).select_related(
        "customer", "type", "job_form", "prices__vat_code"
    )
    return get_object_or_404(rows, pk=pk)


def _page(request: HttpRequest, chosen: Contract | None = None) -> HttpResponse:
    page = ContractList(request, contract_rows, path=reverse("maintenance:contract_list"))
    if answer := page.export():
        return answer
    context: dict[str, Any] = {"page": page, "saved": saved_views(page, request.user), "chosen": chosen}
    if chosen:
        places = chosen.sites.present().select_related("site").prefetch_related("devices__equipment")
        rows = ContractVisit.objects.filter(place__contract=chosen).select_related(
            "work_order", "place__site"
        )
        visits = rows.order_by("-window_from", "-pk")[:24]
        record_ask(chosen, request.user, visits)
        last = max((one.due for one in visits), default=None)
        context |= {
            "places": places, "visits": visits, "rhythm": rhythm(chosen),
            "next_month": formats.month(chosen.due_after(last)),
        }  # fmt: skip
    return render(request, "maintenance/contract_list.html", context)


@requires("see_office")
@require_safe
def contract_list(request: HttpRequest) -> HttpResponse:
    return _page(request)


@requires("see_office")
@require_safe
def contract_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _of(request, pk))


@requires("manage_work_orders")
@requires("see_prices")
@require_http_methods(["GET", "POST"])
def contract_create(request: HttpRequest) -> HttpResponse:
    """For a customer (`?customer=`), who is chosen first."""
    customers = Customer.objects.for_user(request.user).active()
    if (pk := pk_read(request.GET.get("customer"))) is None:
        text = request.GET.get("q", "")[:100]
        found = customers.found(text, "-created_at", most=CUSTOMERS_SHOWN)
        chosen = {"text": text, "customers": found, "made": _("New maintenance contract")}
        return render(request, "workorders/work_order_customer.html", chosen)
    customer = get_object_or_404(customers, pk=pk)
    sites = list(customer.sites.values_list("pk", flat=True)[:2])
    initial = {
        "starts_on": clock.today(),
        "sites": sites if len(sites) == 1 else [],
        "vat_code": VatCode.objects.filter(is_default=True).values_list("pk", flat=True).first(),
    }
    form = ContractForm(request.POST or None, customer=customer, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = actions.contract_create(by=request.user, customer=customer, **form.said)
        messages.success(request, _("The contract is made."))
        return redirect("maintenance:contract_detail", made.pk)
    context: dict[str, Any] = {"form": form, "customer": customer}
    return render(request, "maintenance/contract_create.html", context, status=422 if form.is_bound else 200)


@requires("manage_work_orders")
@requires("see_prices")
@require_http_methods(["GET", "POST"])
@edits
def contract_change(request: HttpRequest, pk: int) -> HttpResponse:
    contract = _of(request, pk)
    places = list(contract.sites.present().prefetch_related("devices__equipment"))
    initial = {
        "sites": [one.site_id for one in places],
        "equipment": [device.pk for one in places for device in one.equipment],
        "price": contract.prices.price,
        "vat_code": contract.prices.vat_code_id,
    }
    given: dict[str, Any] = {"customer": contract.customer, "instance": contract, "initial": initial}
    edit = Edit(request, contract, ChangeContractForm(**given))
    form = ChangeContractForm(edit.data, **given)
    if edit.saves and form.is_valid():
        try:
            actions.contract_change(
                contract=contract, by=request.user, version=edit.version,
                off_plan=form.cleaned_data["off_plan"], **form.said,
            )  # fmt: skip
        except actions.OnThePlan as refused:
            form.add_error("off_plan", str(refused))
        else:
            messages.success(request, _("%(name)s is changed.") % {"name": contract})
            return redirect("maintenance:contract_detail", pk)
    context = {"form": form, "contract": contract, "edit": edit}
    return render(request, "maintenance/contract_change.html", context, status=422 if form.is_bound else 200)


@requires("manage_work_orders")
@require_http_methods(["GET", "POST"])
def contract_end(request: HttpRequest, pk: int) -> HttpResponse:
    contract = _of(request, pk)
    planned = ContractVisit.objects.on_plan().filter(place__contract=contract).exists()
    initial = {"ends_on": clock.today()}
    form = EndForm(request.POST or None, contract=contract, planned=planned, initial=initial)
    if form.is_bound and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("ends_on", "reason")}
        try:
            actions.contract_end(contract=contract, by=request.user, off_plan=form.off_plan, **given)
        except actions.OnThePlan as refused:  # planned meanwhile
            form = EndForm(request.POST, contract=contract, planned=True, initial=initial)
            form.add_error("planned", str(refused))
        else:
            messages.success(request, _("%(name)s ends.") % {"name": contract})
            return redirect("maintenance:contract_detail", pk)
    context = {"form": form, "contract": contract}
    return render(request, "maintenance/contract_end.html", context, status=422 if form.is_bound else 200)
