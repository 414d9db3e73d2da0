"""Days off, asked for on the phone. What was asked is read without a network; asking needs one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.core import clock
from apps.core.keeping import kept
from apps.core.refusals import Refused
from apps.core.web import requires
from apps.field.pages import for_technicians, technician_of
from apps.planning import actions
from apps.planning.forms import AbsenceAskForm
from apps.technicians.models import AbsenceRequest

PAST_SHOWN = 10


def _page(request: HttpRequest, form: AbsenceAskForm, status: int = 200) -> HttpResponse:
    own = AbsenceRequest.objects.filter(technician=technician_of(request))
    own = own.select_related("decided_by").order_by("-asked_at")
    rows = list(own.filter(period__endswith__gt=clock.now()))
    past = list(own.filter(period__endswith__lte=clock.now())[:PAST_SHOWN])
    context = {"form": form, "rows": rows, "past": past}
    return render(request, "field/absence_request_list.html", context, status=status)


@kept
@requires("record_work")
@require_GET
@for_technicians
def absence_request_list(request: HttpRequest) -> HttpResponse:
    """What one asked for, what was answered, and the form to ask."""
    return _page(request, AbsenceAskForm())


@requires("record_work")
@require_POST
@for_technicians
def absence_request_add(request: HttpRequest) -> HttpResponse:
    form = AbsenceAskForm(request.POST)
    if form.is_valid():
        start, end = form.period
        given = {name: form.cleaned_data[name] for name in ("kind", "words")}
        try:
            actions.absence_request_add(
                technician=technician_of(request), start=start, end=end, by=request.user, **given
            )
        except (actions.AskedAlready, actions.AwayAlready) as refused:
            form.add_error("first", str(refused))
        except Refused as refused:
            form.add_error("last", str(refused))
        else:
            messages.success(request, _("Asked. The office answers here."))
            return redirect("phone:absence_request_list")
    return _page(request, form, status=422)


@requires("record_work")
@require_POST
@for_technicians
def absence_request_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    own = AbsenceRequest.objects.filter(technician=technician_of(request))
    asked = get_object_or_404(own.select_related("technician__user"), pk=pk)
    actions.absence_request_withdraw(asked=asked, by=request.user)
    messages.success(request, _("Your request is withdrawn."))
    return redirect("phone:absence_request_list")
