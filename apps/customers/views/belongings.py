"""What belongs to a customer: sites, contacts, equipment. Small forms, most on one template."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.editing import Edit, edits
from apps.core.web import requires
from apps.customers import actions
from apps.customers.forms import ContactForm, EquipmentForm, PositionForm, SiteForm
from apps.customers.models import Contact, Customer, Equipment, Site
from apps.customers.pages import customer_open


def _page(
    request: HttpRequest, form: forms.BaseForm, customer: Customer, title: str, edit: Edit | None = None
) -> HttpResponse:
    context = {"form": form, "customer": customer, "form_title": title, "edit": edit}
    status = 422 if request.method == "POST" else 200
    return render(request, "customers/belonging_form.html", context, status=status)


def _done(request: HttpRequest, customer_pk: Any) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("customers:customer_detail", customer_pk)


@requires("manage_customers")
@require_http_methods(["GET", "POST"])
def site_create(request: HttpRequest, pk: int) -> HttpResponse:
    customer = customer_open(request, pk)
    form = SiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.site_create(by=request.user, customer=customer, **form.cleaned_data)
        return _done(request, pk)
    return _page(request, form, customer, _("New site"))


@requires("manage_customers")
@require_http_methods(["GET", "POST"])
@edits
def site_change(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_object_or_404(Site.objects.for_user(request.user).select_related("customer"), pk=pk)
    edit = Edit(request, site, SiteForm(instance=site))
    form = SiteForm(edit.data, instance=site)
    if edit.saves and form.is_valid():
        actions.site_change(site=site, by=request.user, version=edit.version, **form.cleaned_data)
        return _done(request, site.customer_id)
    return _page(request, form, site.customer, _("Change the site"), edit)


@requires("plan_work")
@require_http_methods(["GET", "POST"])
@edits
def site_place(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the site is, as somebody knows better than its postal code."""
    site = get_object_or_404(Site.objects.for_user(request.user).select_related("customer"), pk=pk)
    edit = Edit(request, site, PositionForm(site=site))
    form = PositionForm(edit.data, site=site)
    if edit.saves and form.is_valid():
        actions.site_place(
            site=site, by=request.user, position=form.cleaned_data["coordinates"], version=edit.version
        )
        messages.success(request, _("Routes and the phone go by this place from now on."))
        return redirect("customers:customer_detail", site.customer_id)
    context = {"form": form, "site": site, "edit": edit}
    return render(request, "customers/site_place.html", context, status=422 if form.is_bound else 200)


@requires("plan_work")
@require_POST
def site_unplace(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_object_or_404(Site.objects.for_user(request.user).select_related("customer"), pk=pk)
    actions.site_unplace(site=site, by=request.user)
    messages.success(request, _("The place is where the postal code lies again."))
    return redirect("customers:customer_detail", site.customer_id)


@requires("manage_customers")
@require_http_methods(["GET", "POST"])
def contact_create(request: HttpRequest, pk: int) -> HttpResponse:
    customer = customer_open(request, pk)
    form = ContactForm(request.POST or None, customer=customer)
    if request.method == "POST" and form.is_valid():
        actions.contact_create(by=request.user, customer=customer, **form.cleaned_data)
        return _done(request, pk)
    return _page(request, form, customer, _("New contact"))


@requires("manage_customers")
@require_http_methods(["GET", "POST"])
@edits
def contact_change(request: HttpRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.for_user(request.user).select_related("customer"), pk=pk)
    edit = Edit(request, contact, ContactForm(instance=contact))
    form = ContactForm(edit.data, instance=contact)
    if edit.saves and form.is_valid():
        actions.contact_change(contact=contact, by=request.user, version=edit.version, **form.cleaned_data)
        return _done(request, contact.customer_id)
    return _page(request, form, contact.customer, _("Change the contact"), edit)


@requires("manage_customers")
@require_http_methods(["GET", "POST"])
def equipment_create(request: HttpRequest, pk: int) -> HttpResponse:
    """At a site; `pk` is the site's."""
    site = get_object_or_404(Site.objects.for_user(request.user).select_related("customer"), pk=pk)
    form = EquipmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = actions.equipment_create(by=request.user, site=site, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("maintenance:equipment_detail", made.pk)
    return _page(request, form, site.customer, _("New equipment at %(site)s") % {"site": site})


@requires("manage_customers")
@require_http_methods(["GET", "POST"])
@edits
def equipment_change(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Equipment.objects.for_user(request.user).select_related("site__customer")
    equipment = get_object_or_404(rows, pk=pk)
    edit = Edit(request, equipment, EquipmentForm(instance=equipment))
    form = EquipmentForm(edit.data, instance=equipment)
    if edit.saves and form.is_valid():
        actions.equipment_change(
            equipment=equipment, by=request.user, version=edit.version, **form.cleaned_data
        )
        messages.success(request, _("Saved."))
        return redirect("maintenance:equipment_detail", pk)
    return _page(request, form, equipment.site.customer, _("Change the equipment"), edit)
