"""The list of customers, and each customer with everything about them."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.company.lists import saved_views
from apps.core import merging
from apps.core.compiled import record_or_404
from apps.core.editing import Edit, edits
from apps.core.handover import hand_over_page
from apps.core.numbers import pk_read
from apps.core.web import requires
from apps.customers import actions
from apps.customers.forms import CustomerForm, customers_found, duplicates_of
from apps.customers.lists import CustomerList
from apps.customers.models import Customer
from apps.customers.pages import customer_open
from apps.messaging.record import record_ask


def _list(request: HttpRequest) -> dict[str, Any]:
    page = CustomerList(request, Customer.objects.for_user, path=reverse("customers:customer_list"))
    return {"page": page}


@requires("see_office")
@require_GET
def customer_list(request: HttpRequest) -> HttpResponse:
    context = _list(request)
    if (file := context["page"].export()) is not None:
        return file
    context["saved"] = saved_views(context["page"], request.user)
    return render(request, "customers/customer_list.html", context)


@requires("see_office")
@require_GET
def customer_detail(request: HttpRequest, pk: int) -> HttpResponse:
    chosen = record_or_404(Customer.objects.for_user, request.user, pk)
    if chosen.merged_into_id:
        messages.info(request, _("%(name)s was merged into this customer.") % {"name": chosen})
        return redirect("customers:customer_detail", chosen.merged_into_id)
    sites, contacts = chosen.sites.prefetch_related("equipment"), chosen.contacts.all()
    suspects, merges = Customer.objects.for_user(request.user).suspected_of(chosen), merging.undoable(chosen)
    record_ask(chosen, request.user, sites, contacts, suspects, merges, notes=True)
    context = _list(request) | {
        "chosen": chosen,
        "sites": sites,
        "contacts": contacts,
        "suspects": suspects,
        "merges": merges,
    }
    context["saved"] = saved_views(context["page"], request.user)
    return render(request, "customers/customer_list.html", context)


@requires("manage_customers")
@require_http_methods(["GET", "POST"])
def customer_create(request: HttpRequest) -> HttpResponse:
    """Add a customer; one that may be here already is shown first."""
    form = CustomerForm(request.POST or None)
    duplicates: list[Customer] = []
    if request.method == "POST":
        if form.is_valid():
            duplicates = [] if request.POST.get("is_new") else form.duplicates()
            if not duplicates:
                customer = actions.customer_create(by=request.user, **form.cleaned_data)
                actions.site_for(
                    customer=customer,
                    by=request.user,
                    **{name: getattr(customer, name) for name in actions.ADDRESS},
                )
                messages.success(request, _("%(name)s is added.") % {"name": customer})
                return redirect("customers:customer_detail", customer.pk)
        else:
            duplicates = form.duplicates()
    context = {"form": form, "duplicates": duplicates, "asks": bool(duplicates) and not form.errors}
    return render(
        request, "customers/customer_form.html", context, status=422 if request.method == "POST" else 200
    )


@requires("manage_customers")
@require_http_methods(["GET", "POST"])
@edits
def customer_change(request: HttpRequest, pk: int) -> HttpResponse:
    customer = customer_open(request, pk)
    edit = Edit(request, customer, CustomerForm(instance=customer))
    form = CustomerForm(edit.data, instance=customer)
    if edit.saves and form.is_valid():
        actions.customer_change(customer=customer, by=request.user, version=edit.version, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("customers:customer_detail", pk)
    context = {"form": form, "customer": customer, "edit": edit}
    return render(
        request, "customers/customer_form.html", context, status=422 if request.method == "POST" else 200
    )


@requires("manage_customers")
@require_http_methods(["GET", "POST"])
def customer_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """No longer work for a customer: what is open, and what becomes of it."""
    customer = customer_open(request, pk)
    return hand_over_page(
        request,
        subject=customer,
        template="customers/customer_deactivate.html",
        act=partial(actions.customer_deactivate, customer=customer, by=request.user),
        done=lambda: redirect("customers:customer_detail", pk),
        needs_reason=False,
        customer=customer,
    )


@requires("manage_customers")
@require_POST
def customer_activate(request: HttpRequest, pk: int) -> HttpResponse:
    customer = customer_open(request, pk)
    actions.customer_change(customer=customer, by=request.user, active=True)
    return redirect("customers:customer_detail", pk)


@requires("see_office")
@require_GET
def customer_duplicates(request: HttpRequest) -> HttpResponse:
    """Who may be meant by what has been typed so far."""
    found = duplicates_of(request.GET, exclude=pk_read(request.GET.get("exclude")))
    name = "customers/_duplicates.html" if request.htmx else "customers/customer_matches.html"  # type: ignore[attr-defined]
    return render(request, name, {"duplicates": found})


@requires("see_office")
@require_GET
def customer_find(request: HttpRequest) -> HttpResponse:
    """Customers to choose from while one is typed: by search, and those that may be the one typed."""
    text, found = customers_found(request.user, request.GET.get("find", ""))
    duplicates = [one for one in duplicates_of(request.GET) if one not in found]
    context = {"found": found, "duplicates": duplicates, "text": text}
    name = "customers/_find.html" if request.htmx else "customers/customer_matches.html"  # type: ignore[attr-defined]
    return render(request, name, context)
