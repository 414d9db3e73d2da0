"""How a visit ends: the job is done, it goes on another time, it has to wait, or nobody opened the door."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.core.outbox import is_sent_later
from apps.field import forms
from apps.field.actions import is_still_planned
from apps.field.events import fits
from apps.field.evidence import facts_of
from apps.field.models import FieldEvent, Visit
from apps.field.pages import (
    back_to_job,
    event_id,
    event_post,
    first_photo,
    for_job,
    given,
    nothing_changed,
    order_of,
    page,
    press,
    typed,
)
from apps.field.steps import PhoneStep, missing
from apps.planning.models import Assignment


@for_job
@require_http_methods(["GET", "POST"])
def finish(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    """Hand the job in; what is still missing is said as a list, each with the way to it."""
    gaps = missing(facts_of(visit))
    pressed = request.method == "POST"
    if pressed and (not gaps or not fits("finish", visit.status) or is_sent_later(request)):
        return press(request, assignment, visit, "finish")
    context = {
        "assignment": assignment,
        "order": assignment.work_order,
        "visit": visit,
        "missing": _ways(assignment, gaps),
    }
    return render(request, "field/finish.html", context, status=422 if pressed else 200)


def _ways(assignment: Assignment, gaps: list[PhoneStep]) -> list[dict[str, object]]:
    """What is missing, each with the page where it is seen to."""
    return [
        {"sentence": gap.missing, "url": reverse(gap.page or "phone:job", args=[assignment.pk])}
        for gap in gaps
    ]


def _fits(visit: Visit, kind: str) -> bool:
    waits = kind == "hold" and visit.held_at is not None
    return fits(kind, visit.status) and not waits


def _given(request: HttpRequest, form: Any, visit: Visit, kind: str) -> dict[str, Any] | None:
    """What was sent, as `pages.given`. The page of a visit that stands elsewhere by now is shown again with all that was
    typed, and says so: only what comes later than its page is for the office to decide."""
    said = given(request, form)
    if request.method != "POST" or _fits(visit, kind) or is_sent_later(request):
        return said
    if FieldEvent.objects.filter(pk=event_id(request), user=request.user).exists():
        return said  # it is this very press that ended the visit, sent once more
    form.add_error(None, nothing_changed(visit))
    return None


@for_job
@require_http_methods(["GET", "POST"])
def goes_on(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    """The visit ends here and the job does not: it asks what belongs to this visit, and what is left to do."""
    is_planned = is_still_planned(order_of(assignment), besides=visit)
    form = forms.GoesOnForm(request.POST or None, is_planned=is_planned)
    said = _given(request, form, visit, "goes_on")
    may_end = _fits(visit, "goes_on")
    gaps = missing(facts_of(visit), ends=False) if said is not None and may_end else []
    if said is not None and (not gaps or is_sent_later(request)):
        payload = {"left_over": said["left_over"], "hours_left": typed(said["hours_left"])}
        event_post(request, assignment, "goes_on", payload)
        if visit.pk and visit.time_entries.to_explain().exists():
            return back_to_job(assignment, "time_proposal")
        return back_to_job(assignment)
    response = page(
        request, "field/goes_on.html", assignment, visit, form, open=may_end, is_planned=is_planned,
        missing=_ways(assignment, gaps),
    )  # fmt: skip
    response.status_code = 422 if gaps else response.status_code
    return response


@for_job
@require_http_methods(["GET", "POST"])
def no_access(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    form = forms.NoAccessForm(request.POST or None, request.FILES or None)
    if (said := _given(request, form, visit, "no_access")) is not None:
        file, unfit = first_photo(request, form)
        if not form.errors or is_sent_later(request):
            payload = {"reason": said["reason"]}
            event_post(request, assignment, "no_access", payload, file=file, unfit=unfit)
            return redirect("phone:today")
    return page(
        request, "field/no_access.html", assignment, visit, form, open=_fits(visit, "no_access"),
        title=_("No access"),
    )  # fmt: skip


@for_job
@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    form = forms.ReasonForm(request.POST or None)
    if (said := _given(request, form, visit, "hold")) is not None:
        event_post(request, assignment, "hold", {"reason": said["reason"]})
        return back_to_job(assignment)
    return page(
        request, "field/hold.html", assignment, visit, form, open=_fits(visit, "hold"),
        title=_("Put on hold"),
    )  # fmt: skip
