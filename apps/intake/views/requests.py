"""Requests as the office sees them: the list, one request, a new one, a changed one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.company.lists import saved_views
from apps.core.compiled import record_or_404
from apps.core.editing import Edit, edits
from apps.core.parts import Upload
from apps.core.web import requires
from apps.customers.forms import duplicates_of
from apps.customers.models import Customer
from apps.customers.pages import choosing
from apps.intake import actions
from apps.intake.forms.requests import ReasonForm, RequestChangeForm, RequestForm
from apps.intake.lists import RequestList, detail_rows, request_rows
from apps.intake.models import IntakePhoto, IntakeReport, MaterialEstimate, Request
from apps.intake.pages import photos_take, shown
from apps.messaging.record import record_ask


def _list(request: HttpRequest) -> dict[str, Any]:
    page = RequestList(request, request_rows, path=reverse("intake:request_list"))
    return {"page": page}


@requires("see_office")
@require_GET
def request_list(request: HttpRequest) -> HttpResponse:
    context = _list(request)
    if (file := context["page"].export()) is not None:
        return file
    context["saved"] = saved_views(context["page"], request.user)
    return render(request, "intake/request_list.html", context)


@requires("see_office")
@require_GET
def request_detail(request: HttpRequest, pk: int) -> HttpResponse:
    chosen = record_or_404(detail_rows, request.user, pk)
    context = _list(request) | detail_context(request, chosen)
    context["saved"] = saved_views(context["page"], request.user)
    return render(request, "intake/request_list.html", context)


def detail_context(request: HttpRequest, chosen: Request) -> dict[str, Any]:
    """What the detail of a request shows."""
    reports = IntakeReport.objects.filter(request=chosen).select_related("technician__user")
    photos = chosen.photos.select_related("file")
    report_photos = IntakePhoto.objects.filter(report__request=chosen).select_related("file").order_by("pk")
    materials = MaterialEstimate.objects.filter(report__request=chosen).select_related("material")
    materials = materials.order_by("material__name__by_name")
    record_ask(
        chosen, request.user, reports, photos, report_photos, materials, chain=True, notes=True, mails=True
    )
    context: dict[str, Any] = {
        "chosen": chosen,
        "photos": shown(photos, "intake:request_photo", chosen),
        "report": next(iter(reports), None),
        "reason_form": ReasonForm(auto_id="decline_%s"),
        "cancel_form": ReasonForm(auto_id="cancel_%s"),
    }
    if reports:
        context["report_photos"] = shown(report_photos, "intake:report_photo", chosen)
        context["materials"] = materials
    if chosen.status in ("new", "accepted") and chosen.source == "web":
        context["duplicates"] = duplicates_of(
            {
                "name": chosen.customer.name,
                "email": chosen.customer.email,
                "phone": chosen.customer.phone,
                "postal_code": chosen.site.postal_code,
                "house_number": chosen.site.house_number,
                "street": chosen.site.street,
                "country": chosen.site.country,
            },
            exclude=chosen.customer_id,
        )
    return context


@requires("handle_requests")
@require_http_methods(["GET", "POST"])
def request_create(request: HttpRequest) -> HttpResponse:
    """Write down what a customer asks for. `choose` picks a customer that is here already, and keeps what was typed."""
    if request.method == "POST" and ("choose" in request.POST or "search" in request.POST):
        again = _form_page(request, RequestForm.restarted(request.POST, user=request.user))
        again.shown_again = True  # type: ignore[attr-defined]
        return again
    if request.method == "GET":
        return _form_page(request, RequestForm(user=request.user, initial=request.GET.dict()))
    form = RequestForm(request.POST, user=request.user)
    valid = form.is_valid()
    photos, faults = photos_take(request, "photos", by=request.user) if valid else ([], [])
    if not valid or faults:
        for sentence in faults:
            form.add_error(None, sentence)
        return _form_page(request, form, status=422)
    customer, site, contact = form.customer_resolve(request.user)
    asked = actions.request_create(
        by=request.user, customer=customer, site=site, contact=contact, photos=photos, **form.request_fields
    )
    messages.success(request, _("Request %(number)s is written down.") % {"number": asked.number})
    return redirect("intake:request_detail", asked.pk)


def _form_page(request: HttpRequest, form: RequestForm, status: int = 200) -> HttpResponse:
    return render(request, "intake/request_form.html", choosing(request, form), status=status)


@requires("handle_requests")
@require_http_methods(["GET", "POST"])
@edits
def request_change(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Request.objects.for_user(request.user).select_related("customer")
    asked = get_object_or_404(rows, pk=pk)
    edit = Edit(request, asked, RequestChangeForm(instance=asked), uploads=[Upload("photos", _("Photos"))])
    form = RequestChangeForm(edit.data, instance=asked)
    if edit.saves:
        valid = form.is_valid()
        photos, faults = photos_take(request, "photos", by=request.user) if valid else ([], [])
        for sentence in faults:
            form.add_error(None, sentence)
        if valid and not faults:
            actions.request_change(request=asked, by=request.user, version=edit.version, **form.cleaned_data)
            if photos:
                actions.request_photos_add(request=asked, photos=photos, by=request.user)
            messages.success(request, _("Saved."))
            return redirect("intake:request_detail", pk)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "asked": asked, "edit": edit}
    return render(request, "intake/request_change.html", context, status=status)


@requires("see_office")
@require_GET
def customer_requests(request: HttpRequest, pk: int) -> HttpResponse:
    """The requests of one customer, as a page and as a part of the customer's own."""
    customer = get_object_or_404(Customer.objects.for_user(request.user), pk=pk)
    rows = Request.objects.for_user(request.user).for_list().filter(customer=customer)[:50]
    return render(request, "intake/customer_requests.html", {"customer": customer, "rows": rows})


@requires("see_office")
@require_GET
def request_print(request: HttpRequest, pk: int) -> HttpResponse:
    """The request and the intake report on paper."""
    rows = Request.objects.for_user(request.user).for_list().select_related("contact", "created_by")
    return render(
        request, "intake/request_print.html", detail_context(request, get_object_or_404(rows, pk=pk))
    )
