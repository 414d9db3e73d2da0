"""The material catalogue of the office: materials and, for whoever may, their prices."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.company.lists import saved_views
from apps.core.editing import Edit, edits
from apps.core.handover import hand_over_page
from apps.core.versions import edition
from apps.core.web import requires
from apps.materials import actions as materials
from apps.materials.models import Category, Material
from apps.pricing import actions
from apps.pricing.forms import MaterialForm, MaterialPriceForm, shown_price
from apps.pricing.lists import CatalogueList, material_rows
from apps.pricing.lookup import default_vat_code
from apps.pricing.models import MaterialPrice, VatCode


def _page(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    prices = MaterialPrice.objects.for_user(request.user)
    page = CatalogueList(request, material_rows, path=reverse("materials:material_list"))
    if answer := page.export():
        return answer
    context: dict[str, Any] = {"page": page, "saved": saved_views(page, request.user)}
    if pk is not None:
        chosen = get_object_or_404(page.everything, pk=pk)
        context |= {
            "chosen": chosen,
            "prices": prices.filter(material=chosen).select_related("vat_code").order_by("-valid_from")[:12],
        }
    return render(request, "pricing/material_list.html", context)


@requires("see_prices")
@require_safe
def material_list(request: HttpRequest) -> HttpResponse:
    return _page(request)


@requires("see_prices")
@require_safe
def material_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, pk)


def _fields(form: MaterialForm) -> dict[str, Any]:
    fields = {name: value for name, value in form.cleaned_data.items() if name != "category_name"}
    return fields | {"category": materials.category_get(name=form.cleaned_data["category_name"])}


@requires("manage_materials")
@require_http_methods(["GET", "POST"])
def material_create(request: HttpRequest) -> HttpResponse:
    """A new material, with its first price for whoever may set prices."""
    form = MaterialForm(request.POST or None)
    may_price = request.user.may("manage_rates")  # type: ignore[union-attr]
    price_form = None
    if may_price and VatCode.objects.filter(active=True).exists():
        wanted = request.method == "POST" and (request.POST.get("cost") or request.POST.get("price"))
        initial = {"vat_code": default_vat_code()}
        price_form = MaterialPriceForm(request.POST if wanted else None, initial=initial)
    if (
        request.method == "POST"
        and form.is_valid()
        and (price_form is None or not price_form.is_bound or price_form.is_valid())
    ):
        with transaction.atomic():
            material = materials.material_create(by=request.user, **_fields(form))
            if price_form is not None and price_form.is_bound:
                actions.material_price_set(by=request.user, material=material, **price_form.cleaned_data)
        messages.success(request, _("%(name)s is in the catalogue.") % {"name": material.name})
        return redirect("materials:material_detail", material.pk)
    context = {"form": form, "price_form": price_form, "categories": Category.objects.all()}
    return render(request, "pricing/material_create.html", context, status=422 if form.is_bound else 200)


@requires("manage_materials")
@require_http_methods(["GET", "POST"])
@edits
def material_change(request: HttpRequest, pk: int) -> HttpResponse:
    material = get_object_or_404(Material.objects.for_user(request.user).select_related("category"), pk=pk)
    edit = Edit(request, material, MaterialForm(instance=material))
    form = MaterialForm(edit.data, instance=material)
    if edit.saves and form.is_valid():
        materials.material_change(material=material, by=request.user, version=edit.version, **_fields(form))
        messages.success(request, _("%(name)s is changed.") % {"name": material.name})
        return redirect("materials:material_detail", material.pk)
    context = {"form": form, "material": material, "categories": Category.objects.all(), "edit": edit}
    return render(request, "pricing/material_change.html", context, status=422 if form.is_bound else 200)


@requires("manage_rates")
@require_http_methods(["GET", "POST"])
@edits
def material_price_set(request: HttpRequest, pk: int) -> HttpResponse:
    """A price from a day on. A price of the same day is replaced."""
    material = get_object_or_404(Material.objects.for_user(request.user), pk=pk)
    prices = MaterialPrice.objects.for_user(request.user).filter(material=material)
    current = shown_price(prices, MaterialPriceForm(request.POST or None))
    initial = {
        "cost": current.cost if current else None,
        "price": current.price if current else None,
        "vat_code": current.vat_code_id if current else default_vat_code().pk,
    }
    about = f"{material}: {_('Price')}"
    edit = Edit(request, edition(MaterialPrice), MaterialPriceForm(initial=initial), about=about)
    form = MaterialPriceForm(edit.data, initial=initial)
    if edit.saves and form.is_valid():
        actions.material_price_set(
            by=request.user, material=material, version=edit.version, **form.cleaned_data
        )
        messages.success(request, _("The price of %(name)s is set.") % {"name": material.name})
        return redirect("materials:material_detail", material.pk)
    context = {"form": form, "material": material, "edit": edit}
    return render(request, "pricing/material_price_set.html", context, status=422 if form.is_bound else 200)


@requires("manage_materials")
@require_http_methods(["GET", "POST"])
def material_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Out of use: what uses it, and what becomes of that."""
    material = get_object_or_404(Material.objects.for_user(request.user), pk=pk)

    def done() -> HttpResponse:
        messages.success(request, _("%(name)s can no longer be chosen.") % {"name": material.name})
        return redirect("materials:material_detail", pk)

    return hand_over_page(
        request,
        subject=material,
        template="pricing/material_deactivate.html",
        act=partial(materials.material_deactivate, material=material, by=request.user),
        done=done,
        needs_reason=False,
        material=material,
    )


@requires("manage_materials")
@require_POST
def material_activate(request: HttpRequest, pk: int) -> HttpResponse:
    material = get_object_or_404(Material.objects.for_user(request.user), pk=pk)
    materials.material_activate(material=material, by=request.user)
    messages.success(request, _("%(name)s can be chosen again.") % {"name": material.name})
    return redirect("materials:material_detail", material.pk)
