"""A technician is ill today."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from apps.core.web import requires
from apps.planning import actions
from apps.planning.forms import HandOverForm
from apps.planning.illness import DayOfIll
from apps.technicians.models import Technician


@requires("plan_work")
@require_http_methods(["GET", "POST"])
def day_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """All visits of the rest of the day, each with a suggestion; one press books them all."""
    rows = Technician.objects.for_user(request.user).active().select_related("user")
    technician = get_object_or_404(rows, pk=pk)
    day = DayOfIll(technician, request.user)
    form = HandOverForm(request.POST or None, day=day)
    if request.method == "GET" or not form.is_valid():
        return _page(request, day, form, status=200 if request.method == "GET" else 422)
    handovers = form.handovers
    try:
        actions.day_hand_over(
            technician=technician, away=day.away, handovers=handovers, by=request.user, grace=actions.quiet_time()
        )  # fmt: skip
    except actions.NotHandedOver as refused:
        form.add_error(f"to-{refused.visit.pk}", str(refused))
        return _page(request, day, form, status=409)
    given = sum(1 for one in handovers if one.technician)
    words = ngettext("%(n)s visit is with somebody else.", "%(n)s visits are with others.", given)
    messages.success(
        request, _("%(name)s is noted as ill.") % {"name": technician} + " " + words % {"n": given}
    )
    return redirect(reverse("planning:day"))


def _page(request: HttpRequest, day: DayOfIll, form: HandOverForm, status: int) -> HttpResponse:
    context: dict[str, Any] = {
        "technician": day.technician,
        "rows": [(one, form[f"to-{one.visit.pk}"], form[f"version-{one.visit.pk}"]) for one in day.rows],
        "staying": day.staying,
        "form": form,
    }
    return render(request, "planning/day_hand_over.html", context, status=status)
