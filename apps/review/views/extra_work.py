"""Extra work: the office prices and offers it, the customer answers on a page of their own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.company.models import Company
from apps.core.actors import Customer
from apps.core.refusals import Refused
from apps.core.web import requires
from apps.customers.models import MailPurpose
from apps.field.models import ExtraWork
from apps.messaging.private_links import Door
from apps.pricing.lookup import default_vat_code, labour_price
from apps.review import actions
from apps.review.forms import AnswerForm, OfferForm, ReasonForm, TheirAnswerForm
from apps.review.looks import OfferedMeanwhile, offers_look
from apps.review.models import ExtraWorkOffer
from apps.review.pages import ask_again
from apps.workorders.models import WorkOrder


def _back(order_id: int, extra_id: int) -> HttpResponse:
    response = redirect(reverse("review:review_detail", args=[order_id]) + f"#extra-{extra_id}")
    response.status_code = 303
    return response


@requires("price_extra_work")
@require_http_methods(["GET", "POST"])
def extra_work_offer(request: HttpRequest, pk: int) -> HttpResponse:
    extra = get_object_or_404(
        ExtraWork.objects.for_user(request.user).select_related(
            "visit__work_order__customer", "visit__work_order__contact", "visit__technician__user"
        ),
        pk=pk,
    )
    order = extra.visit.work_order
    rate = labour_price()
    first = {
        "description": extra.description,
        "quantity": extra.hours or 1,
        "unit": "HUR",
        "unit_price": rate.price if rate else None,
        "vat_code": rate.vat_code if rate else default_vat_code(),
    }
    parts = extra.parts.select_related("material")
    if worth := actions.parts_worth(extra) if parts else 0:
        hours = extra.hours * rate.price if rate else 0
        first |= {"quantity": 1, "unit": "C62", "unit_price": hours + worth}
    form = OfferForm(request.POST or None, initial=first)
    shown, status = request.POST.get("shown"), 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            offer = actions.extra_work_offer(
                extra_work=extra, by=request.user, shown=shown, **form.cleaned_data
            )
        except OfferedMeanwhile:
            status = 409
        else:
            return _offered(request, order, offer)
    if status != 422:  # an error in the form shows no other offer than was shown before
        shown = offers_look(extra)
    offers = ExtraWorkOffer.objects.filter(extra_work=extra).select_related("offered_by")
    context = {
        "form": form,
        "extra": extra,
        "order": order,
        "parts": parts,
        "shown": shown,
        "standing": offers.order_by("pk").last(),
        "meanwhile": status == 409,
    }
    return render(request, "review/extra_work_offer.html", context, status=status)


def _offered(request: HttpRequest, order: WorkOrder, offer: ExtraWorkOffer) -> HttpResponse:
    address, _name = order.customer.reach(order.contact, MailPurpose.QUOTE)
    if address:
        messages.success(request, _("Offered by mail to %(address)s.") % {"address": address})
    else:
        messages.warning(
            request, _("The customer has no e-mail address: ask for the answer and record it here.")
        )
    return _back(order.pk, offer.extra_work_id)


def _offer(request: HttpRequest, pk: int) -> ExtraWorkOffer:
    return get_object_or_404(
        ExtraWorkOffer.objects.for_user(request.user).select_related("extra_work__visit"), pk=pk
    )


@requires("price_extra_work")
@require_POST
def extra_work_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The office writes down what the customer said."""
    offer = _offer(request, pk)
    order_id = offer.extra_work.visit.work_order_id
    form = TheirAnswerForm(request.POST)
    if not form.is_valid():
        return ask_again(request, form, order_id, _("The customer's answer"), _("Record the answer"))
    actions.extra_work_answer(
        offer=offer,
        approved=form.cleaned_data["answer"] == "approve",
        by=request.user,
        name=form.cleaned_data["name"],
        reason=form.cleaned_data["reason"],
    )
    return _back(order_id, offer.extra_work_id)


@requires("price_extra_work")
@require_POST
def offer_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    offer = _offer(request, pk)
    order_id = offer.extra_work.visit.work_order_id
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return ask_again(request, form, order_id, _("Withdraw the offer"), _("Withdraw"))
    actions.offer_withdraw(offer=offer, by=request.user, reason=form.cleaned_data["reason"])
    return _back(order_id, offer.extra_work_id)


by_link = Door(
    rows=lambda: ExtraWorkOffer.objects.select_related("extra_work__visit__work_order__customer", "vat_code"),
    live=lambda rows: rows,  # the page itself says what became of the offer
    language=lambda offer: offer.extra_work.visit.work_order.customer.language,
)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def show(request: HttpRequest, offer: ExtraWorkOffer) -> HttpResponse:
    """The customer's page behind the private link."""
    form = AnswerForm(request.POST or None)
    status, sentence = 200, ""
    if request.method == "POST":
        if form.is_valid():
            name = form.cleaned_data["name"]
            try:
                actions.extra_work_answer(
                    offer=offer,
                    approved=form.cleaned_data["answer"] == "approve",
                    by=Customer(name),
                    name=name,
                    reason=form.cleaned_data["reason"],
                )
            except Refused as refusal:
                # The page itself says where the offer stands: a customer has no other page to go back to.
                sentence, status = str(refusal), 409
                offer.refresh_from_db()
            else:
                answer = redirect("extra-work:show", token=request.link_token)  # type: ignore[attr-defined]
                answer.status_code = 303
                return answer
        else:
            status = 422
    context = {
        "offer": offer,
        "order": offer.extra_work.visit.work_order,
        "company": Company.objects.row(),
        "form": form,
        "sentence": sentence,
        "expired": actions.offer_expired(offer),
    }
    return render(request, "review/extra_work_public.html", context, status=status)
