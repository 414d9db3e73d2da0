"""Hours that no clock recorded, noted in the review."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.core.refusals import Refused
from apps.core.web import requires
from apps.field.models import TimeEntry, Visit
from apps.review import actions
from apps.review.forms import TimeAddForm
from apps.review.models import Review
from apps.workorders.models import WorkOrder


@requires("review_work")
@require_http_methods(["GET", "POST"])
def time_add(request: HttpRequest, pk: int) -> HttpResponse:
    """When and for how long somebody worked on this job whose clock did not run."""
    orders = WorkOrder.objects.for_user(request.user)
    reviews = Review.objects.for_user(request.user).filter(work_order__in=orders)
    review = get_object_or_404(reviews.select_related("work_order"), work_order=pk)
    visits = Visit.objects.for_user(request.user).filter(work_order=pk)
    visits = visits.select_related("technician__user", "assignment").order_by("assignment__period", "pk")
    form = TimeAddForm(request.POST or None, visits=visits, initial=_first(visits))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            entry = actions.time_add(
                review=review, visit=given["visit"], kind=given["kind"], started_at=form.begins, ended_at=form.ends,
                by=request.user, reason=given["reason"],
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The time is noted. Say what becomes of it."))
            return redirect(reverse("review:review_detail", args=[pk]) + f"#time-{entry.pk}")
    context = {"form": form, "order": review.work_order, "visits": len(form.fields["visit"].choices)}
    return render(request, "review/time_add.html", context, status=422 if form.is_bound else 200)


def _first(visits: Any) -> dict[str, Any]:
    """What is most likely meant: the last visit, from when no clock of its technician ran any more that day."""
    visit = visits.last()
    if visit is None:
        return {}
    planned = timezone.localtime(visit.assignment.starts_at)
    clocks = TimeEntry.objects.filter(technician=visit.technician_id, started_at__date=planned.date())
    stopped = clocks.with_stop().aggregate(last=Max("stop"))["last"]
    # Clocks know seconds and the form minutes: the first whole one after it.
    starts = (
        timezone.localtime(stopped + timedelta(seconds=-stopped.timestamp() % 60)) if stopped else planned
    )
    return {"visit": visit.pk, "day": starts.date(), "start": starts.time()}
