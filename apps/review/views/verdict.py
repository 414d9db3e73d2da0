"""Deciding: each verb its own address, POST only."""

from decimal import Decimal

from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.core.numbers import pk_read
from apps.core.web import requires
from apps.field.actions import deviation_follow_up
from apps.field.models import Deviation, ExtraWork, MaterialUsage, TimeEntry, Visit
from apps.field.rules import elapsed
from apps.pricing.rules import hours_of
from apps.review import actions
from apps.review.excess import excess_of
from apps.review.forms import CorrectionForm, ExcessForm, FateForm, FindingForm, ReasonForm
from apps.review.models import Billable, Review
from apps.review.pages import ask_again, review_page
from apps.workorders.models import WorkOrder

SUBJECTS: dict[str, type[Model]] = {
    "time": TimeEntry,
    "material": MaterialUsage,
    "extra": ExtraWork,
    "deviation": Deviation,
    "visit": Visit,
    "job": WorkOrder,
}


def _review(request: HttpRequest, pk: int) -> Review:
    """The review of a work order that the user may see."""
    orders = WorkOrder.objects.for_user(request.user)
    reviews = Review.objects.for_user(request.user).filter(work_order__in=orders)
    return get_object_or_404(reviews.select_related("work_order"), work_order=pk)


def _back(pk: int, anchor: str = "") -> HttpResponse:
    response = redirect(reverse("review:review_detail", args=[pk]) + (f"#{anchor}" if anchor else ""))
    response.status_code = 303
    return response


def _place(request: HttpRequest) -> str:
    """Where on the page somebody pressed, when it was not at the item itself."""
    return "to-judge" if request.GET.get("at") == "to-judge" else ""


@requires("review_work")
@require_POST
def review_open(request: HttpRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(WorkOrder.objects.for_user(request.user), pk=pk)
    actions.review_open(work_order=order, by=request.user)
    return _back(pk)


@requires("review_work")
@require_POST
def proposals_accept(request: HttpRequest, pk: int) -> HttpResponse:
    count = actions.proposals_accept(
        review=_review(request, pk), by=request.user, shown=request.POST.get("shown")
    )
    words = ngettext("%(n)s proposal accepted.", "%(n)s proposals accepted.", count) % {"n": count}
    messages.success(request, words)
    return _back(pk)


@requires("review_work")
@require_POST
def review_approve(request: HttpRequest, pk: int) -> HttpResponse:
    review = _review(request, pk)
    try:
        actions.review_approve(review=review, by=request.user, shown=request.POST.get("shown"))
    except actions.Unjudged as refused:
        return review_page(request, pk, refused=str(refused), status=409)
    messages.success(request, _("Approved: the job is ready for invoicing."))
    return _back(pk)


@requires("review_work")
@require_POST
def review_return(request: HttpRequest, pk: int) -> HttpResponse:
    form = ReasonForm(request.POST)
    review = _review(request, pk)
    if not form.is_valid():
        return ask_again(request, form, pk, _("Return to the technician"), _("Return the marked items"))
    actions.review_return(
        review=review,
        by=request.user,
        reason=form.cleaned_data["reason"],
        shown=request.POST.get("shown"),
    )
    messages.success(request, _("Returned: the technician sees the marked items."))
    return _back(pk)


@requires("review_work")
@require_POST
def review_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    form = ReasonForm(request.POST)
    review = _review(request, pk)
    if not form.is_valid():
        return ask_again(request, form, pk, _("Review again"), _("Review again"))
    actions.review_reopen(review=review, by=request.user, reason=form.cleaned_data["reason"])
    return _back(pk)


@requires("review_work")
@require_POST
def finding_add(request: HttpRequest, pk: int, kind: str, subject: int) -> HttpResponse:
    if kind not in SUBJECTS:
        raise Http404
    review = _review(request, pk)
    item = get_object_or_404(SUBJECTS[kind]._default_manager.for_user(request.user), pk=subject)  # type: ignore[attr-defined]
    form = FindingForm(request.POST, recorded=_recorded(item))
    if not form.is_valid():
        return ask_again(request, form, pk, str(item), _("Save"), ask=request.POST.get("decision", ""))
    part = form.cleaned_data["part"]
    actions.finding_add(
        review=review,
        subject=item,
        decision=form.cleaned_data["decision"],
        by=request.user,
        reason=form.cleaned_data["reason"],
        quantity=form.cleaned_data["quantity"],
        part=part,
        shown=request.POST.get("shown"),
    )
    return _back(pk, _place(request) or f"{part or kind}-{subject}")


@requires("review_work")
@require_POST
def part_mark(request: HttpRequest, pk: int, usage: int) -> HttpResponse:
    """A part was used for this extra work, or for none."""
    review = _review(request, pk)
    part = get_object_or_404(MaterialUsage.objects.for_user(request.user), pk=usage)
    given = pk_read(request.POST.get("extra_work"))
    extra = get_object_or_404(ExtraWork.objects.for_user(request.user), pk=given) if given else None
    actions.part_mark(
        review=review, usage=part, extra_work=extra, by=request.user, shown=request.POST.get("shown")
    )
    return _back(pk, f"material-{usage}")


def _recorded(item: Model) -> Decimal | None:
    """How much a technician recorded of it."""
    if isinstance(item, TimeEntry):
        return hours_of(elapsed(item.started_at, item.ended_at)) if item.ended_at else None
    return getattr(item, "quantity", None) or getattr(item, "hours", None)


def _billable(request: HttpRequest, pk: int) -> Billable:
    return get_object_or_404(Billable.objects.for_user(request.user), pk=pk)


@requires("review_work")
@require_POST
def billable_decide(request: HttpRequest, pk: int) -> HttpResponse:
    billable = _billable(request, pk)
    form = FateForm(request.POST, billable=billable)
    if not form.is_valid():
        return ask_again(request, form, billable.work_order_id, billable.description, _("Decide"))
    actions.billable_decide(
        billable=billable,
        fate=form.cleaned_data["fate"],
        by=request.user,
        reason=form.cleaned_data["reason"],
        unit_price=form.cleaned_data["unit_price"],
        vat_code=form.cleaned_data.get("vat_code"),
        shown=request.POST.get("shown"),
    )
    return _back(billable.work_order_id, _place(request) or f"billable-{pk}")


@requires("review_work")
@require_POST
def billable_correct(request: HttpRequest, pk: int) -> HttpResponse:
    billable = _billable(request, pk)
    form = CorrectionForm(request.POST, billable=billable)
    if not form.is_valid():
        return ask_again(request, form, billable.work_order_id, billable.description, _("Add the correction"))
    actions.billable_correct(
        billable=billable, by=request.user, shown=request.POST.get("shown"), **form.cleaned_data
    )
    messages.success(request, _("Correction added; what was approved stays as it was."))
    return _back(billable.work_order_id, "corrections")


@requires("review_work")
@require_POST
def deviation_followed_up(request: HttpRequest, pk: int) -> HttpResponse:
    deviation = get_object_or_404(
        Deviation.objects.for_user(request.user).select_related("visit"), pk=pk
    )  # fmt: skip
    form = ReasonForm(request.POST)
    order = deviation.visit.work_order_id
    if not form.is_valid():
        return ask_again(request, form, order, _("What was done about it?"), _("Followed up"))
    deviation_follow_up(deviation=deviation, by=request.user, text=form.cleaned_data["reason"])
    return _back(order, f"deviation-{pk}")


@requires("price_extra_work")
@require_POST
def excess_offer(request: HttpRequest, pk: int) -> HttpResponse:
    review = _review(request, pk)
    rows = Billable.objects.filter(work_order=review.work_order_id).select_related("time_entry")
    form = ExcessForm(request.POST, parts=excess_of(rows.order_by("id")))
    if not form.is_valid():
        return ask_again(request, form, pk, _("Offer the hours above the sold hours"), _("Mail the offer"))
    offers = actions.excess_offer(
        review=review,
        by=request.user,
        vat_code=form.cleaned_data["vat_code"],
        prices=form.prices,
        shown=request.POST.get("shown"),
    )
    messages.success(request, _("Offered to the customer by mail."))
    return _back(pk, f"extra-{offers[-1].extra_work_id}")
