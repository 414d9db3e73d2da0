"""Reading: the queue, one review, its evidence on the work order's page, its signature."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.company.lists import saved_views
from apps.core.web import requires
from apps.documents.web import file_response
from apps.field.models import SignOff
from apps.review.evidence import Evidence
from apps.review.forms import ReasonForm
from apps.review.lists import ReviewList, order_rows
from apps.review.models import Review
from apps.review.pages import review_page
from apps.workorders.models import WorkOrder


@requires("review_work")
@require_GET
def review_list(request: HttpRequest) -> HttpResponse:
    page = ReviewList(request, order_rows)
    return page.export() or render(
        request, "review/review_list.html", {"page": page, "saved": saved_views(page, request.user)}
    )


@requires("review_work")
@require_GET
def review_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return review_page(request, pk)


@requires("see_office")
@require_GET
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """What was recorded for a job, beside what was agreed: a region of the work order's page."""
    order = get_object_or_404(WorkOrder.objects.for_user(request.user).select_related("customer"), pk=pk)
    review = Review.objects.filter(work_order=order).first()
    shown = Evidence(order, review)
    can_start = order.status == "ready_for_review" or (order.status == "cancelled" and shown.is_worked)
    context = {
        "order": order,
        "evidence": shown,
        "is_reviewable": bool(review) or can_start,
        "may_end": order.may_take("enough") and shown.is_handed_in,
        "reason_form": ReasonForm(auto_id="enough-%s"),
        "review_url": reverse("review:review_detail", args=[pk]),
    }
    name = "review/_region.html" if request.htmx else "review/evidence.html"  # type: ignore[attr-defined]
    return render(request, name, context)


@requires("see_office")
@require_GET
def signature(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = get_object_or_404(
        SignOff.objects.for_user(request.user).filter(signature__isnull=False).select_related("signature"),
        pk=pk,
    )
    if found.signature is None:
        raise Http404
    return file_response(found.signature)
