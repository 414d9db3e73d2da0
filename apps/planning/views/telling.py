"""Telling customers of the plan sooner than by itself."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.core.web import requires
from apps.planning import actions
from apps.planning.models import Appointment
from apps.planning.pages import next_or


@requires("plan_work")
@require_POST
def appointment_tell(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail about one visit leaves now."""
    appointment = get_object_or_404(Appointment.objects.for_user(request.user), assignment_id=pk)
    actions.appointment_tell(appointment=appointment, by=request.user)
    messages.success(request, _("The customer is told by mail now."))
    return redirect("planning:assignment_detail", pk)


@requires("plan_work")
@require_POST
def appointments_tell(request: HttpRequest) -> HttpResponse:
    """Every mail about the plan that waits leaves now."""
    waiting = Appointment.objects.for_user(request.user).waiting()
    told = actions.appointments_tell(appointments=waiting, by=request.user)
    words = ngettext("%(n)s customer is told by mail now.", "%(n)s customers are told by mail now.", told)
    messages.success(request, words % {"n": told})
    return redirect(next_or(request, "planning:week"))
