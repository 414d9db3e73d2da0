"""What a planner is told of a change of the plan, and taking it back before the customer hears of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.core import formats
from apps.core.web import requires
from apps.planning import actions
from apps.planning.models import Assignment, PlanStep
from apps.planning.pages import week_url


@requires("plan_work")
@require_http_methods(["GET", "POST"])
def plan_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a change back; the page with the button is for whoever follows the address."""
    rows = PlanStep.objects.for_user(request.user).select_related(
        "message", "technician__user", "assignment__technician__user",
        "assignment__work_order", "assignment__request",
    )  # fmt: skip
    step = get_object_or_404(rows, pk=pk)
    if request.method == "GET":
        return render(
            request,
            "planning/plan_undo.html",
            {"step": step, "week_url": week_url(step.assignment.starts_at)},
        )
    booking = actions.plan_undo(step=step, by=request.user, grace=actions.quiet_time())
    messages.success(request, _undone(booking))
    given = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(given, allowed_hosts={request.get_host()})
    return redirect(given if given and is_ours else week_url(booking.starts_at))


def _undone(booking: Assignment) -> str:
    if not booking.active:
        return _("Taken back: %(job)s is not on the plan, and nobody was mailed.") % {"job": booking.job}
    words = {
        "job": booking.job,
        "technician": booking.technician,
        "when": formats.moment(booking.starts_at),
    }
    return _("Taken back: %(job)s is with %(technician)s, %(when)s again, and nobody was mailed.") % words
