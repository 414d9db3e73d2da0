"""The hours of technicians at the office: looked at, approved or returned, and exported."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.company.lists import saved_views
from apps.core import clock
from apps.core.web import requires
from apps.field.models import PhoneHolding, holding_said
from apps.messaging.record import record_ask
from apps.timesheets import actions
from apps.timesheets.figures import sheet_of
from apps.timesheets.forms import ReasonForm
from apps.timesheets.lists import DayList, WeekList, day_rows, week_rows
from apps.timesheets.models import Week
from apps.timesheets.states import KIND_LABELS


@requires("approve_hours")
@require_GET
def week_list(request: HttpRequest) -> HttpResponse:
    page = WeekList(request, week_rows)
    context = {"page": page, "saved": saved_views(page, request.user)}
    return page.export() or render(request, "timesheets/week_list.html", context)


@requires("approve_hours")
@require_GET
def day_list(request: HttpRequest) -> HttpResponse:
    page = DayList(request, day_rows)
    context = {"page": page, "saved": saved_views(page, request.user)}
    return page.export() or render(request, "timesheets/day_list.html", context)


def _of(request: HttpRequest, pk: int) -> Week:
    weeks = Week.objects.for_user(request.user).select_related("technician__user", "submission")
    return get_object_or_404(weeks, pk=pk)


def _detail(request: HttpRequest, week: Week, form: ReasonForm, status: int = 200) -> HttpResponse:
    technician = week.technician
    sheet = sheet_of(technician, week.monday, clock.now(), week)
    held = PhoneHolding.objects.filter(user=technician.user_id).told()
    record_ask(week, request.user, held)
    context: dict[str, Any] = {
        "week": week,
        "sheet": sheet,
        "kinds": KIND_LABELS,
        "held": [
            holding_said(
                name=technician.user.name,
                photos=one["n_photos"],
                things=one["n_things"],
                since=one["held_since"],
            )
            for one in held
        ],
        "form": form,
    }
    return render(request, "timesheets/week_detail.html", context, status=status)


@requires("approve_hours")
@require_GET
def week_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _detail(request, _of(request, pk), ReasonForm())


@requires("approve_hours")
@require_POST
def week_approve(request: HttpRequest, pk: int) -> HttpResponse:
    week = _of(request, pk)
    actions.week_approve(week=week, seen=request.POST.get("hours_seen", ""), by=request.user)
    messages.success(request, _("Approved."))
    return redirect("timesheets:week_detail", pk)


@requires("approve_hours")
@require_POST
def week_give_back(request: HttpRequest, pk: int) -> HttpResponse:
    week, form = _of(request, pk), ReasonForm(request.POST)
    if not form.is_valid():
        return _detail(request, week, form, status=422)
    actions.week_give_back(week=week, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("The technician can change the week again."))
    return redirect("timesheets:week_detail", pk)
