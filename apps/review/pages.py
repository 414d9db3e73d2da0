"""The page of a review, as several views show it."""

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from apps.core.history import history_rows
from apps.messaging.record import record_ask
from apps.pricing.lookup import labour_price
from apps.review import rules
from apps.review.actions import returned_items
from apps.review.evidence import Evidence
from apps.review.models import Fate, Review
from apps.review.points import points_of
from apps.review.signs import risks_of, with_signs
from apps.review.states import RISK_LEVELS, RISKS
from apps.workorders.models import WorkOrder


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
        "hour_price": rate.price if rate else None,
    }


def ask_again(request: HttpRequest, form: Form, pk: int, title: str, go: str, **context: Any) -> HttpResponse:
    """The same question once more, with what was typed and what is wrong with it."""
    context |= {"form": form, "title": title, "go": go, "back": reverse("review:review_detail", args=[pk])}
    context["shown"] = request.POST.get("shown")
    return render(request, "review/form.html", context, status=422)
