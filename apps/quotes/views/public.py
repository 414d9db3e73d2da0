"""The customer's page: reads like the PDF, and takes one answer. Works without JavaScript."""

from typing import Any

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock, idempotency
from apps.core.actors import Customer
from apps.core.client_address import known_address
from apps.core.numbers import pk_read
from apps.core.refusals import Refused
from apps.core.web import PDF, made_file
from apps.documents.photos import signature_again, signature_store
from apps.documents.web import file_response
from apps.messaging.private_links import Door
from apps.quotes import actions, rules
from apps.quotes.documents import file_name, quote_pdf, reading
from apps.quotes.forms import AcceptForm, DeclineForm
from apps.quotes.models import QuoteLink
from apps.quotes.states import QuoteStatus

by_link = Door(
    rows=lambda: QuoteLink.objects.select_related(
        "version__quote__customer", "version__acceptance__signature"
    ),
    live=lambda rows: rows.live(clock.now()),
    language=lambda link: link.version.language,
)


def link_again(link: QuoteLink) -> QuoteLink:
    """The link with its quote as they stand now, after somebody else was first."""
    return by_link.rows().get(pk=link.pk)


def outcome(link: QuoteLink) -> str:
    """What became of the version that this link is for: open, or why it can no longer be answered."""
    version, quote = link.version, link.version.quote
    if quote.current_id != version.pk:
        return "superseded"
    if quote.status == QuoteStatus.SENT:
        return "open" if version.valid_until >= clock.today() else "expired"
    return str(quote.status)


def _page(
    request: HttpRequest, link: QuoteLink, *, options: list[int] | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    version = link.version
    became = outcome(link)
    acceptance = getattr(version, "acceptance", None)
    ticked = acceptance.options if acceptance else options or []
    context = reading(version.content, ticked) | {
        "answered": became == "accepted",
        "became": became,
        "link": link,
        "quote": version.quote,
        "version": version,
        "acceptance": acceptance,
        "token": request.link_token,  # type: ignore[attr-defined]
        "company": version.content["company"],
        "company_logo_url": _logo_url(request, link),
        "accept_form": AcceptForm(initial={"name": version.content["customer"]["contact"] or version.content["customer"]["name"]}),
        "decline_form": DeclineForm(),
        # on the button, not in the form: what the form posts to recalculate must not use it up
        "accept_key": idempotency.key_for(
            idempotency.owner_of(request), "accept", link, kind=idempotency.EACH
        ),
    }  # fmt: skip
    return render(request, "quotes/public.html", context | more, status=status)


def _logo_url(request: HttpRequest, link: QuoteLink) -> str:
    token = request.link_token  # type: ignore[attr-defined]
    return reverse("quote:logo", args=[token]) if link.version.content["company"].get("logo") else ""


def _ticked(request: HttpRequest, link: QuoteLink) -> list[int]:
    given = [pk for one in request.POST.getlist("option") if (pk := pk_read(one)) is not None]
    return rules.options_known(link.version.content, given)


@require_safe
@by_link
def show(request: HttpRequest, link: QuoteLink) -> HttpResponse:
    """Read the quote. The first time that it is not a colleague who looks is kept."""
    if not request.user.is_authenticated and link.first_opened_at is None:
        actions.link_open(link=link, by=Customer(link.to_name or link.version.quote.customer.name))
    return _page(request, link)


@require_POST
@by_link
def totals(request: HttpRequest, link: QuoteLink) -> HttpResponse:
    """The same page with other options ticked; nothing is kept."""
    form = AcceptForm(initial={"name": request.POST.get("name", "")[:120]})
    return _page(request, link, options=_ticked(request, link), accept_form=form)


@require_POST
@by_link
def accept(request: HttpRequest, link: QuoteLink) -> HttpResponse:
    """Accept what was shown. When the options make another total than was shown, show that first."""
    if outcome(link) != "open":
        return _page(request, link, already=True, status=409)
    ticked = _ticked(request, link)
    form = AcceptForm(request.POST)
    again: dict[str, Any] = {"options": ticked, "accept_form": form, "status": 422}
    drawn = signature_again(request.POST.get("signature"))
    if not form.is_valid():
        return _page(request, link, **again, drawn=drawn)
    total = rules.content_totals(link.version.content, ticked).total
    if form.cleaned_data["total"] != total:
        return _page(request, link, **again, total_changed=True)  # the signature stood under another total
    by = Customer(form.cleaned_data["name"])
    try:
        drawn = form.cleaned_data["signature"]
        signature = signature_store(data_url=drawn, by=by) if drawn else None
    except Refused as refusal:
        form.add_error("signature", str(refusal))
        return _page(request, link, **again)
    try:
        actions.quote_accept(
            version=link.version,
            name=by.actor_label,
            by=by,
            options=ticked,
            signature=signature,
            address=known_address(request),
            browser=request.headers.get("User-Agent", ""),
        )
    except actions.AlreadyAnswered:  # somebody was first, a moment ago
        return _page(request, link_again(link), already=True, status=409)
    return redirect("quote:show", token=request.link_token)  # type: ignore[attr-defined]


@require_POST
@by_link
def decline(request: HttpRequest, link: QuoteLink) -> HttpResponse:
    if outcome(link) != "open":
        return _page(request, link, already=True, status=409)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _page(request, link, decline_form=form, declining=True, status=422)
    by = Customer(form.cleaned_data["name"] or link.to_name or link.version.quote.customer.name)
    try:
        actions.quote_decline(version=link.version, by=by, reason=form.cleaned_data["reason"])
    except actions.AlreadyAnswered:
        return _page(request, link_again(link), already=True, status=409)
    return redirect("quote:show", token=request.link_token)  # type: ignore[attr-defined]


@require_safe
@by_link
def pdf(request: HttpRequest, link: QuoteLink) -> HttpResponse:
    """The offer as it was sent or, once accepted, as it was signed. A withdrawn one is no longer given."""
    if outcome(link) == "withdrawn":
        raise Http404
    acceptance = getattr(link.version, "acceptance", None)
    return made_file(
        quote_pdf(link.version, acceptance), file_name(link.version, accepted=bool(acceptance)), PDF
    )


@require_safe
@by_link
def logo(request: HttpRequest, link: QuoteLink) -> HttpResponse:
    """The company's logo, as it was when the quote was sent."""
    path = link.version.content["company"].get("logo")
    if not path or not default_storage.exists(path):
        raise Http404
    kind = "image/png" if path.endswith(".png") else "image/jpeg"
    with default_storage.open(path) as opened:
        return HttpResponse(opened.read(), content_type=kind, headers={"X-Content-Type-Options": "nosniff"})


@require_safe
@by_link
def signature(request: HttpRequest, link: QuoteLink) -> HttpResponseBase:
    acceptance = getattr(link.version, "acceptance", None)
    if acceptance is None or acceptance.signature is None:
        raise Http404
    response = file_response(acceptance.signature)
    return HttpResponse(
        b"".join(response), content_type="image/png", headers={"X-Content-Type-Options": "nosniff"}
    )
