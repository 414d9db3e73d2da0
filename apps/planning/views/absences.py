"""Who is away, and when."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core import clock
from apps.core.web import requires
from apps.planning import actions
from apps.planning.forms import AbsenceForm
from apps.planning.models import Assignment
from apps.technicians.models import Absence, AbsenceRequest, Technician

PAST_SHOWN = 20


@requires("see_office")
@require_GET
def absence_list(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    rows = Absence.objects.filter(technician__in=Technician.objects.for_user(request.user))
    rows = rows.select_related("technician__user")
    asked = AbsenceRequest.objects.for_user(request.user).to_decide().filter(period__endswith__gt=now)
    context = {
        "asked": asked.select_related("technician__user").order_by("asked_at"),
        "coming": rows.filter(period__endswith__gt=now).order_by("period"),
        "past": rows.filter(period__endswith__lte=now).order_by("-period")[:PAST_SHOWN],
    }
    return render(request, "planning/absence_list.html", context)


@requires("plan_work")
@require_http_methods(["GET", "POST"])
def absence_add(request: HttpRequest) -> HttpResponse:
    initial = {
        "technician": request.GET.get("technician"),
        "first": request.GET.get("day"),
        "last": request.GET.get("day"),
    }
    form = AbsenceForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        start, end = form.period
        given = form.cleaned_data
        try:
            actions.absence_add(
                technician=given["technician"],
                start=start,
                end=end,
                by=request.user,
                kind=given["kind"],
                remark=given["remark"],
            )
        except actions.AwayAlready as refused:
            form.add_error("first", str(refused))
        else:
            return _noted(request, given["technician"], start, end)
    status = 422 if request.method == "POST" else 200
    return render(request, "planning/absence_add.html", {"form": form}, status=status)


def _noted(request: HttpRequest, technician: Technician, start: datetime, end: datetime) -> HttpResponse:
    """Where it goes on: to the visits that are planned in that time, if there are any."""
    messages.success(request, _("%(name)s is noted as away.") % {"name": technician})
    booked = list(
        Assignment.objects.active().filter(technician=technician).between(start, end).order_by("period")
    )
    if not booked:
        return redirect("planning:absence_list")
    words = _(
        "%(n)s visits are planned in that time. They stay until you move them; see the planning review."
    )
    messages.warning(request, words % {"n": len(booked)})
    # The review of the first of those days: there they are moved.
    day = timezone.localdate(max(booked[0].starts_at, start))
    return redirect(f"{reverse('planning:day')}?day={day.isoformat()}")


@requires("plan_work")
@require_POST
def absence_remove(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Absence.objects.filter(technician__in=Technician.objects.for_user(request.user))
    absence = get_object_or_404(rows.select_related("technician__user"), pk=pk)
    actions.absence_remove(absence=absence, by=request.user)
    messages.success(request, _("The absence of %(name)s is removed.") % {"name": absence.technician})
    return redirect("planning:absence_list")
