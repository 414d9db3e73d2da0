"""The list of quotes and what one quote looks like."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.company.lists import saved_views
from apps.core import clock
from apps.core.money import totals
from apps.core.numbers import pk_read
from apps.core.web import made_file, requires
from apps.customers.views.customers import choosing
from apps.documents.web import file_response
from apps.intake.models import Request
from apps.messaging.links import address
from apps.messaging.record import record_ask
from apps.quotes import actions, rules
from apps.quotes.actions.content import version_content
from apps.quotes.actions.sending import default_address, sendable
from apps.quotes.documents import content_pdf, file_name
from apps.quotes.documents import quote_pdf as pdf_of
from apps.quotes.forms import CreateForm, RecordForm, ResendForm, ReviseForm, TemplateNameForm, WithdrawForm
from apps.quotes.letters import PURPOSE
from apps.quotes.lists import QuoteList, quote_rows, quote_steps
from apps.quotes.models import Quote, QuoteLink


def quote_or_404(request: HttpRequest, pk: int) -> Quote:
    rows = Quote.objects.for_user(request.user)
    return get_object_or_404(
        rows.select_related("customer", "contact", "site", "request", "type", "work_order", "current"), pk=pk
    )


def _list(request: HttpRequest) -> dict[str, Any]:
    page = QuoteList(request, quote_rows(request.user), path=reverse("quotes:quote_list"))
    may_make = request.user.may("make_quotes")  # type: ignore[union-attr]
    return {"page": page, "saved": saved_views(page, request.user), "user_may_make": may_make}


@requires("see_prices")
@require_safe
def quote_list(request: HttpRequest) -> HttpResponse:
    context = _list(request)
    if file := context["page"].export():
        return file
    return render(request, "quotes/quote_list.html", context)


@requires("see_prices")
@require_safe
def quote_detail(request: HttpRequest, pk: int) -> HttpResponse:
    quote = quote_or_404(request, pk)
    return render(request, "quotes/quote_list.html", _list(request) | detail(request, quote))


def detail(request: HttpRequest, quote: Quote) -> dict[str, Any]:
    """Everything that the panel of one quote shows."""
    version = quote.current
    version.quote = quote
    line_rows = actions.line_rows(version)
    version_rows = quote.versions.defer("content").select_related("acceptance").order_by("-number")
    links = QuoteLink.objects.filter(version__quote=quote).select_related("version")
    links = links.order_by("-made_at", "-pk")
    record_ask(quote, request.user, line_rows, version_rows, links, chain=True, notes=True, mails=True)
    lines = actions.lines_fresh(version, line_rows)
    versions = list(version_rows)
    acceptance = next((one.acceptance for one in versions if hasattr(one, "acceptance")), None)
    ticked = acceptance.options if acceptance and acceptance.version_id == version.pk else ()
    fixed = [line for line in lines if not line.optional or line.pk in ticked]
    found: dict[str, Any] = {
        "chosen": quote,
        "version": version,
        "lines": lines,
        "sums": totals(line.priced for line in fixed),
        "has_options": not acceptance and len(fixed) < len(lines),
        "versions": versions,
        "links": [_link(one) for one in links],
        "acceptance": acceptance,
        "steps": quote_steps(quote),
        "open_faults": sendable(version, lines) if quote.is_draft else [],
    }
    if request.user.may("see_margin"):  # type: ignore[union-attr]
        found["margin"] = rules.Margin(found["sums"].net, sum((line.cost for line in fixed), rules.ZERO))
    if request.user.may("make_quotes"):  # type: ignore[union-attr]
        found |= {
            "withdraw_form": WithdrawForm(),
            "revise_form": ReviseForm(),
            "resend_form": ResendForm(initial={"to_address": default_address(quote)[0]}),
            "template_form": TemplateNameForm(initial={"name": version.title[:80]}),
        }
        if quote.status == "sent":
            found["record_form"] = RecordForm(version.content)
    return found


def _link(link: QuoteLink) -> dict[str, Any]:
    live = link.revoked_at is None and link.expires_at > clock.now()
    return {"row": link, "live": live, "address": address(PURPOSE, link.nonce) if live else ""}


@requires("make_quotes")
@require_http_methods(["GET", "POST"])
def quote_create(request: HttpRequest) -> HttpResponse:
    """Start a quote; `?request=` or `?customer=` say for whom. `choose` picks a customer, and keeps what was typed."""
    given = request.POST if request.method == "POST" else request.GET
    asked = (
        Request.objects.for_user(request.user)
        .select_related("customer", "site", "type")
        .filter(pk=pk_read(given.get("request")) or 0)
        .first()
    )
    choosing_only = "choose" in request.POST or "search" in request.POST
    if choosing_only:
        form = CreateForm.restarted(request.POST, user=request.user)
    else:
        form = CreateForm(request.POST or None, initial=request.GET.dict(), user=request.user)
        if request.method == "POST" and form.is_valid():
            quote = actions.quote_create(by=request.user, **form.starts_from(request.user))
            return redirect("quotes:quote_edit", quote.pk)
    context = choosing(request, form) | {"asked": asked if request.method == "GET" else None}
    status = 422 if request.method == "POST" and not choosing_only else 200
    response = render(request, "quotes/quote_create.html", context, status=status)
    response.shown_again = choosing_only  # type: ignore[attr-defined]
    return response


@requires("make_quotes")
@require_POST
def quote_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """A new draft with the lines and texts of this one."""
    quote = actions.quote_create(by=request.user, copy_of=quote_or_404(request, pk))
    messages.success(request, _("%(number)s is a copy; change what is different.") % {"number": quote.number})
    return redirect("quotes:quote_edit", quote.pk)


@requires("see_prices")
@require_safe
def quote_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """A version as PDF: the newest, or `?version=2`; a draft as it would look now."""
    quote = quote_or_404(request, pk)
    wanted = pk_read(request.GET.get("version"))
    version = (
        quote.versions.select_related("acceptance").filter(number=wanted).first() if wanted else quote.current
    )
    if version is None:
        raise Http404
    version.quote = quote
    if version.is_frozen:
        acceptance = getattr(version, "acceptance", None)
        return pdf_response(pdf_of(version, acceptance), file_name(version, accepted=acceptance is not None))
    content = version_content(version, actions.lines_fresh(version))
    return pdf_response(content_pdf(content, draft=True), file_name(version))


def pdf_response(content: bytes, name: str) -> HttpResponse:
    return made_file(content, name, "application/pdf")


@requires("see_prices")
@require_safe
def quote_signature(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The drawing under the acceptance."""
    acceptance = getattr(quote_or_404(request, pk).current, "acceptance", None)
    if acceptance is None or acceptance.signature is None:
        raise Http404
    return file_response(acceptance.signature)
