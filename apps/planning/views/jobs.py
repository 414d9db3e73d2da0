"""What concerns a whole job: off the plan, on hold, shared."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.web import requires
from apps.planning import actions
from apps.planning.forms import ShareForm
from apps.workorders.models import WorkOrder
from apps.workorders.pages import order_act


@requires("manage_work_orders")
@require_POST
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    return order_act(
        request,
        pk,
        actions.job_cancel,
        template="planning/job_cancel.html",
        said=_("%(number)s is cancelled."),
    )


@requires("manage_work_orders")
@require_POST
def job_hold(request: HttpRequest, pk: int) -> HttpResponse:
    return order_act(
        request, pk, actions.job_hold, template="planning/job_hold.html", said=_("%(number)s is on hold.")
    )


@requires("share_jobs")
@require_POST
def job_share(request: HttpRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(WorkOrder.objects.for_user(request.user), pk=pk)
    form = ShareForm(request.POST)
    if not form.is_valid():
        return render(request, "planning/job_share.html", {"order": order, "form": form}, status=422)
    user = form.cleaned_data["user"]
    actions.job_share(work_order=order, user=user, by=request.user)
    messages.success(request, _("%(name)s can now open %(number)s.") % {"name": user, "number": order})
    return redirect("workorders:work_order_detail", pk)


@requires("share_jobs")
@require_POST
def job_unshare(request: HttpRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(WorkOrder.objects.for_user(request.user), pk=pk)
    form = ShareForm(request.POST)
    if not form.is_valid():
        return render(request, "planning/job_share.html", {"order": order, "form": form}, status=422)
    user = form.cleaned_data["user"]
    actions.job_unshare(work_order=order, user=user, by=request.user)
    messages.success(
        request, _("%(number)s is no longer shared with %(name)s.") % {"name": user, "number": order}
    )
    return redirect("workorders:work_order_detail", pk)
