"""The page that a device's label opens: for a technician on the phone, with or without a job there."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.company.models import Company
from apps.core import clock
from apps.core.keeping import kept
from apps.core.web import requires
from apps.customers.models import Equipment, EquipmentFile
from apps.documents.web import file_response
from apps.field.around import visits_at
from apps.intake.models import RequestFormSettings
from apps.planning.models import Assignment

HISTORY = 20  # visits to one device


@login_not_required
@require_GET
def equipment(request: HttpRequest, code: uuid.UUID) -> HttpResponseBase:
    """The device, for whoever works here; for anybody else who scans the label, whom to call.

    Only a label, or a job that is about it, tells the code of a device.
    """
    user: Any = request.user
    if not user.is_authenticated:
        return _for_strangers(request)
    if user.may("record_work"):
        return _for_technician(request, code)
    return redirect("maintenance:equipment_by_code", code)


def _for_strangers(request: HttpRequest) -> HttpResponse:
    context = {
        "company": Company.objects.row(),
        "may_ask": RequestFormSettings.objects.current().enabled,
        "login_url": f"{reverse(settings.LOGIN_URL)}?next={request.path}",
    }
    return render(request, "field/equipment_label.html", context)


@kept
@requires("record_work")
def _for_technician(request: HttpRequest, code: uuid.UUID) -> HttpResponse:
    device = get_object_or_404(Equipment.objects.select_related("site__customer"), code=code)
    visits = visits_at(device).select_related("work_order__equipment", "technician__user", "assignment")
    own = Assignment.objects.active().filter(
        technician__user=request.user,
        work_order__site=device.site_id,
        period__endswith__gte=clock.day_bounds(clock.today())[0],
    )
    context = {
        "device": device,
        "equipment": None,  # all of these visits were to it
        "visits": visits.prefetch_related("materials__material", "deviations")[:HISTORY],
        "files": device.files.for_user(request.user).select_related("file"),
        "jobs": own.select_related("work_order").order_by("period"),
    }
    return render(request, "field/equipment.html", context)


@requires("record_work")
@require_GET
def equipment_file(request: HttpRequest, code: uuid.UUID, file: int) -> HttpResponseBase:
    """A document of the device that was shared with technicians."""
    files = EquipmentFile.objects.for_user(request.user).select_related("file")
    return file_response(get_object_or_404(files, pk=file, equipment__code=code).file)
