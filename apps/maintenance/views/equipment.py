"""What is serviced: the list, a device with its history and documents, and its label."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.company.lists import saved_views
from apps.core.web import PDF, made_file, requires
from apps.customers.models import Equipment, EquipmentFile
from apps.documents.forms import AttachedForm
from apps.documents.pages import attached_drop, attached_show, attached_take
from apps.documents.web import file_response
from apps.maintenance.documents import equipment_label
from apps.maintenance.figures import equipment_rows
from apps.maintenance.lists import EquipmentList, service_said, service_tone
from apps.maintenance.models import Contract
from apps.messaging.record import record_ask
from apps.workorders.models import WorkOrder

JOBS_SHOWN = 24


def _of(request: HttpRequest, pk: int) -> Equipment:
    rows = Equipment.objects.for_user(request.user).select_related("site__customer")
    return get_object_or_404(rows, pk=pk)


def _page(request: HttpRequest, chosen: Any = None) -> HttpResponse:
    page = EquipmentList(request, equipment_rows, path=reverse("maintenance:equipment_list"))
    if answer := page.export():
        return answer
    context: dict[str, Any] = {"page": page, "saved": saved_views(page, request.user), "chosen": chosen}
    if chosen:
        jobs = WorkOrder.objects.for_user(request.user).of_equipment(chosen).for_list().select_related("type")
        jobs = jobs.order_by("-created_at", "-pk")[:JOBS_SHOWN]
        contracts = Contract.objects.for_user(request.user).of_equipment(chosen)
        files = chosen.files.select_related("file")
        record_ask(chosen, request.user, jobs, contracts, files, notes=True)
        context |= {
            "jobs": jobs, "contracts": contracts, "files": files, "file_form": AttachedForm(),
            "tone": service_tone(chosen), "service_said": service_said(chosen),
        }  # fmt: skip
    return render(request, "maintenance/equipment_list.html", context)


@requires("see_office")
@require_safe
def equipment_list(request: HttpRequest) -> HttpResponse:
    return _page(request)


@requires("see_office")
@require_safe
def equipment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(equipment_rows(request.user), pk=pk))


@requires("see_office")
@require_safe
def equipment_label_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The label to stick on it."""
    device = _of(request, pk)
    return made_file(equipment_label(device), f"label-{device.pk}.pdf", PDF)


@requires("see_office")
@require_safe
def equipment_by_code(request: HttpRequest, code: uuid.UUID) -> HttpResponse:
    """The device whose label was scanned in the office."""
    device = get_object_or_404(Equipment.objects.for_user(request.user), code=code)
    return redirect("maintenance:equipment_detail", device.pk)


@requires("see_office")
@require_safe
def equipment_file(request: HttpRequest, pk: int, file_pk: int) -> HttpResponseBase:
    return file_response(_file_of(request, pk, file_pk).file)


@requires("manage_customers")
@require_POST
def equipment_file_add(request: HttpRequest, pk: int) -> HttpResponse:
    return attached_take(request, _of(request, pk).files, back=_page_of(pk))


@requires("manage_customers")
@require_POST
def equipment_file_share(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    return attached_show(request, _file_of(request, pk, file_pk), back=_page_of(pk))


@requires("manage_customers")
@require_POST
def equipment_file_remove(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    return attached_drop(request, _file_of(request, pk, file_pk), back=_page_of(pk))


def _page_of(pk: int) -> str:
    return reverse("maintenance:equipment_detail", args=[pk])


def _file_of(request: HttpRequest, pk: int, file_pk: int) -> EquipmentFile:
    files = EquipmentFile.objects.for_user(request.user).select_related("file", "equipment")
    return get_object_or_404(files, pk=file_pk, equipment=pk)
