"""Reading: the queue, one review, its evidence on the work order's page, its signature."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.company.lists import saved_views
from apps.core.history import history_rows
from apps.core.web import requires
from apps.documents.web import file_response
from apps.field.models import SignOff
from apps.messaging.record import record_ask
from apps.pricing.lookup import labour_price
from apps.pricing.models import VatCode
from apps.review import rules
from apps.review.actions import returned_items
from apps.review.evidence import Evidence
from apps.review.lists import ReviewList
from apps.review.models import Fate, Review
from apps.review.points import points_of
from apps.review.signs import risks_of, with_signs
from apps.review.states import RISK_LEVELS, RISKS
from apps.workorders.models import WorkOrder


@requires("review_work")
@require_GET
def review_list(request: HttpRequest) -> HttpResponse:
    page = ReviewList(request, WorkOrder.objects.for_user(request.user))
    return page.export() or render(
        request, "review/review_list.html", {"page": page, "saved": saved_views(page, request.user)}
    )


@requires("review_work")
@require_GET
def review_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return review_page(request, pk)


def review_page(request: HttpRequest, pk: int, *, refused: str = "", status: int = 200) -> HttpResponse:
    orders = with_signs(WorkOrder.objects.for_user(request.user))
    order = get_object_or_404(
        orders.select_related("customer", "site", "type", "job_form_version", "request"), pk=pk
    )
    context = review_context(request, order, refused)
    return render(request, "review/review_detail.html", context, status=status)


def review_context(request: HttpRequest, order: Any, refused: str = "") -> dict[str, Any]:
    """The page of a review; `refused` is why it was not approved, and the page opens where that is judged."""
    review = Review.objects.for_user(request.user).filter(work_order=order).first()
    evidence = Evidence(order, review)
    told = history_rows(review) if review else None
    record_ask(order, request.user, told, chain=True)
    if review:
        review.asked = {"history": told}  # type: ignore[attr-defined]
    found = risks_of(order)
    level, tone = RISK_LEVELS[rules.risk_level(found)]
    is_open = bool(review and review.status == "open" and order.status == "in_review")
    can_start = order.status == "ready_for_review" or (order.status == "in_review" and not review)
    if order.status == "cancelled":
        can_start = evidence.is_worked
    rate = labour_price() if is_open and evidence.excess_pending else None
    return {
        "order": order,
        "review": review,
        "evidence": evidence,
        "points": points_of(evidence, focus=bool(refused or request.htmx)),  # type: ignore[attr-defined]
        "refused": refused,
        "is_open": is_open,
        "can_start": can_start,
        "can_price": request.user.may("price_extra_work"),  # type: ignore[union-attr]
        "can_follow_up": request.user.may("manage_work_orders"),  # type: ignore[union-attr]
        "is_approved": bool(review and review.status == "approved"),
        "risks": [RISKS[one] for one in found],
        "risk_level": level,
        "risk_tone": tone,
        "marked": returned_items(review) if is_open and review else [],
        "fate_choices": [(one.value, one.label) for one in Fate if one != Fate.PENDING],
        "vat_codes": VatCode.objects.filter(active=True) if rate else [],
        "hour_price": rate.price if rate else None,
    }


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
        "review_url": reverse("review:review_detail", args=[pk]),
    }
    return render(request, "review/evidence.html", context)


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
