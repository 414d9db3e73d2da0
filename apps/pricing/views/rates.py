"""Hourly rates, VAT codes, the rounding of time, and what a technician costs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.core import clock
from apps.core.editing import Edit, edits
from apps.core.versions import edition
from apps.core.web import requires
from apps.pricing import actions
from apps.pricing.forms import PolicyForm, RateForm, TechnicianRateForm, VatCodeForm, shown_price
from apps.pricing.lookup import default_vat_code, policy
from apps.pricing.models import Rate, RateKind, TechnicianRate, VatCode
from apps.technicians.models import Technician


@requires("see_prices")
@require_safe
def rate_list(request: HttpRequest) -> HttpResponse:
    """The rate of each kind that holds today, what is to come, and what was."""
    today = clock.today()
    rows = Rate.objects.for_user(request.user).select_related("vat_code").order_by("kind", "-valid_from")
    by_kind: dict[str, list[Rate]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    kinds = [
        {
            "kind": kind,
            "label": label,
            "now": next((one for one in by_kind.get(kind, []) if one.valid_from <= today), None),
            "later": [one for one in by_kind.get(kind, []) if one.valid_from > today],
        }
        for kind, label in RateKind.choices
    ]
    vat_codes = VatCode.objects.filter(active=True).exists()
    return render(
        request,
        "pricing/rate_list.html",
        {"kinds": kinds, "rows": rows, "today": today, "vat_codes": vat_codes},
    )


@requires("manage_rates")
@require_http_methods(["GET", "POST"])
@edits
def rate_set(request: HttpRequest) -> HttpResponse:
    asked = request.POST.get("kind") or request.GET.get("kind", RateKind.NORMAL)
    rates = Rate.objects.for_user(request.user).filter(kind=asked)
    current = shown_price(rates, RateForm(request.POST or None))
    initial = {
        "kind": asked,
        "price": current.price if current else None,
        "unit": current.unit if current else "HUR",
        "vat_code": current.vat_code_id if current else default_vat_code().pk,
    }
    edit = Edit(request, edition(Rate), RateForm(initial=initial), about=_("Rates"))
    form = RateForm(edit.data, initial=initial)
    if edit.saves and form.is_valid():
        rate = actions.rate_set(by=request.user, version=edit.version, **form.cleaned_data)
        messages.success(request, _("The rate “%(kind)s” is set.") % {"kind": rate.get_kind_display()})
        return redirect("pricing:rate_list")
    context = {"form": form, "edit": edit}
    return render(request, "pricing/rate_set.html", context, status=422 if form.is_bound else 200)


@requires("see_prices")
@require_safe
def vat_code_list(request: HttpRequest) -> HttpResponse:
    return render(request, "pricing/vat_code_list.html", {"codes": VatCode.objects.all()})


def _vat_code_form(request: HttpRequest, code: VatCode) -> HttpResponse:
    edit = Edit(request, code, VatCodeForm(instance=code))
    form = VatCodeForm(edit.data, instance=code)
    if edit.saves and form.is_valid():
        actions.vat_code_save(by=request.user, code=form.instance, version=edit.version)
        messages.success(request, _("The VAT code “%(name)s” is saved.") % {"name": code.name})
        return redirect("pricing:vat_code_list")
    context = {"form": form, "code": code, "edit": edit}
    return render(request, "pricing/vat_code_form.html", context, status=422 if form.is_bound else 200)


@requires("manage_rates")
@require_http_methods(["GET", "POST"])
def vat_code_create(request: HttpRequest) -> HttpResponse:
    return _vat_code_form(request, VatCode())


@requires("manage_rates")
@require_http_methods(["GET", "POST"])
@edits
def vat_code_change(request: HttpRequest, pk: int) -> HttpResponse:
    return _vat_code_form(request, get_object_or_404(VatCode, pk=pk))


@requires("manage_rates")
@require_http_methods(["GET", "POST"])
@edits
def policy_set(request: HttpRequest) -> HttpResponse:
    stored = policy()
    edit = Edit(request, stored, PolicyForm(instance=stored), about=_("Pricing policy"))
    form = PolicyForm(edit.data, instance=stored)
    if edit.saves and form.is_valid():
        actions.policy_set(by=request.user, version=edit.version, **form.cleaned_data)
        messages.success(request, _("The pricing policy is saved."))
        return redirect("company:settings")
    context = {"form": form, "edit": edit}
    return render(request, "pricing/policy_set.html", context, status=422 if form.is_bound else 200)


@requires("see_margin")
@require_safe
def technician_rates(request: HttpRequest, pk: int) -> HttpResponse:
    """What an hour of a technician costs and is sold at: a region of the technician's page, or a page by itself."""
    technician = get_object_or_404(Technician.objects.for_user(request.user).select_related("user"), pk=pk)
    rates = list(
        TechnicianRate.objects.for_user(request.user).filter(technician=technician).order_by("-valid_from")
    )
    today = clock.today()
    context = {
        "technician": technician,
        "rates": rates,
        "now": next((one for one in rates if one.valid_from <= today), None),
    }
    template = "pricing/_technician_rates.html" if request.htmx else "pricing/technician_rates.html"  # type: ignore[attr-defined]
    return render(request, template, context)


@requires("manage_rates")
@require_http_methods(["GET", "POST"])
@edits
def technician_rate_set(request: HttpRequest, pk: int) -> HttpResponse:
    technician = get_object_or_404(Technician.objects.for_user(request.user).select_related("user"), pk=pk)
    rates = TechnicianRate.objects.filter(technician=technician)
    current = shown_price(rates, TechnicianRateForm(request.POST or None))
    initial = {"cost": current.cost, "price": current.price} if current else {}
    about = f"{technician}: {_('Rate')}"
    edit = Edit(request, edition(TechnicianRate), TechnicianRateForm(initial=initial), about=about)
    form = TechnicianRateForm(edit.data, initial=initial)
    if edit.saves and form.is_valid():
        actions.technician_rate_set(
            by=request.user, technician=technician, version=edit.version, **form.cleaned_data
        )
        messages.success(request, _("The rate of %(name)s is set.") % {"name": technician})
        return redirect("technicians:technician_detail", technician.pk)
    context = {"form": form, "technician": technician, "edit": edit}
    return render(request, "pricing/technician_rate_set.html", context, status=422 if form.is_bound else 200)
