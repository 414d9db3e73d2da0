"""What customers ask to change, and the office's answer."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.core.numbers import pk_read
from apps.core.web import requires
from apps.planning import actions
from apps.planning.actions.messages import who_comes
from apps.planning.facts import addressee, booking_warnings, clashes
from apps.planning.forms import AnswerForm
from apps.planning.models import Assignment, ChangeRequest
from apps.planning.queue import Job
from apps.planning.states import WARNINGS


def _asked(request: HttpRequest, pk: int) -> ChangeRequest:
    return get_object_or_404(ChangeRequest.objects.for_user(request.user).with_visit(), pk=pk)


@requires("plan_work")
@require_GET
def change_request_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Both sides: what stands on the plan, and what the customer asks."""
    return _page(request, _asked(request, pk), AnswerForm())


@requires("plan_work")
@require_POST
def change_request_grant(request: HttpRequest, pk: int) -> HttpResponse:
    asked = _asked(request, pk)
    version = pk_read(request.POST.get("version"))
    actions.change_request_grant(asked=asked, by=request.user, version=version)
    messages.success(request, _("Done as %(name)s asked.") % {"name": _name(asked)})
    return redirect("planning:change_request_detail", pk)


@requires("plan_work")
@require_POST
def change_request_decline(request: HttpRequest, pk: int) -> HttpResponse:
    asked = _asked(request, pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, asked, form, status=422)
    actions.change_request_decline(asked=asked, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("%(name)s gets your answer by mail.") % {"name": _name(asked)})
    return redirect("planning:change_request_detail", pk)


def _name(asked: ChangeRequest) -> str:
    return addressee(asked.appointment.assignment.job)


def _page(request: HttpRequest, asked: ChangeRequest, form: AnswerForm, status: int = 200) -> HttpResponse:
    visit = asked.appointment.assignment
    context: dict[str, Any] = {
        "asked": asked,
        "visit": visit,
        "job": Job(visit.job),
        "visits": [],
        "form": form,
        "name": _name(asked),
        "people": who_comes(visit),
        "was_moved": actions.was_moved(asked),
        "is_open": asked.status == "open" and visit.active,
    }
    if context["is_open"] and asked.wanted_period and asked.wanted_technician and not context["was_moved"]:
        there: dict[str, Any] = {
            "technician": asked.wanted_technician, "start": asked.wanted_period.lower, "end": asked.wanted_period.upper
        }  # fmt: skip
        context["clashes"] = clashes(**there, besides=visit.pk)
        for one in Assignment.objects.at_once(visit).exclude(pk=visit.pk).select_related("technician__user"):
            context["clashes"] += clashes(**there | {"technician": one.technician}, besides=one.pk)
        context["warnings"] = [WARNINGS[code] for code in booking_warnings(job=visit.job, **there)]
    return render(request, "planning/change_request_detail.html", context, status=status)
