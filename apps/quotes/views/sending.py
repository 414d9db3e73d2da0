"""What the office does with a finished quote."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.money import totals
from apps.core.web import requires
from apps.quotes import actions, rules
from apps.quotes.actions.sending import default_address, sendable
from apps.quotes.forms import RecordForm, ResendForm, ReviseForm, SendForm, WithdrawForm
from apps.quotes.models import Quote, QuoteLink
from apps.quotes.pages import ask_again, quote_or_404


@requires("make_quotes")
@require_http_methods(["GET", "POST"])
def quote_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Say to whom and what will go out, and send it."""
    quote = quote_or_404(request, pk)
    if not quote.is_draft and request.method == "GET":
        return redirect("quotes:quote_detail", pk)
    version = quote.current
    version.quote = quote
    address, name = default_address(quote)
    first = {"to_address": address, "revision": version.revision}
    form = SendForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        link = actions.quote_send(
            quote=quote, by=request.user, to_address=given["to_address"], revision=given["revision"]
        )
        words = {"number": quote.number, "address": link.to_address}
        messages.success(
            request,
            _("%(number)s is on its way to %(address)s.") % words
            if link.to_address
            else _("%(number)s is sent; copy the link or take the PDF.") % words,
        )
        return redirect("quotes:quote_detail", pk)
    lines = actions.lines_fresh(version)
    sums = totals(line.priced for line in lines if not line.optional)
    context = {
        "quote": quote, "version": version, "form": form, "name": name, "sums": sums, "lines": lines,
        "options": [line for line in lines if line.optional],
        "deposit": rules.deposit(
            (line.priced for line in lines if not line.optional), version.deposit_percentage
        ),
        "open_faults": sendable(version, lines),
    }  # fmt: skip
    return render(request, "quotes/quote_send.html", context, status=422 if request.method == "POST" else 200)


@requires("make_quotes")
@require_POST
def quote_resend(request: HttpRequest, pk: int) -> HttpResponse:
    quote = quote_or_404(request, pk)
    form = ResendForm(request.POST)
    if not form.is_valid():
        return ask_again(request, quote, resend_form=form)
    actions.quote_resend(quote=quote, by=request.user, to_address=form.cleaned_data["to_address"])
    messages.success(request, _("%(number)s is on its way to %(address)s.") % {
        "number": quote.number, "address": form.cleaned_data["to_address"]})  # fmt: skip
    return redirect("quotes:quote_detail", pk)


@requires("make_quotes")
@require_POST
def quote_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    quote = quote_or_404(request, pk)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return ask_again(request, quote, withdraw_form=form)
    actions.quote_withdraw(quote=quote, by=request.user, **form.cleaned_data)
    messages.success(request, _("%(number)s is withdrawn.") % {"number": quote.number})
    return redirect("quotes:quote_detail", pk)


@requires("make_quotes")
@require_POST
def quote_revise(request: HttpRequest, pk: int) -> HttpResponse:
    quote = quote_or_404(request, pk)
    form = ReviseForm(request.POST)
    if not form.is_valid():
        return ask_again(request, quote, revise_form=form)
    version = actions.quote_revise(quote=quote, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(
        request, _("This is version %(number)s; the one that was sent is kept.") % {"number": version.number}
    )
    return redirect("quotes:quote_edit", pk)


@requires("make_quotes")
@require_POST
def quote_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Record an acceptance that reached the office by telephone or mail."""
    quote = quote_or_404(request, pk)
    if not quote.current.is_frozen:
        raise actions.AlreadyAnswered(_("This quote was not sent yet."))
    form = RecordForm(quote.current.content, request.POST)
    if not form.is_valid():
        return ask_again(request, quote, record_form=form)
    given = form.cleaned_data
    order = actions.quote_accept(
        version=quote.current, name=given["name"], options=given.get("options", []), by=request.user
    )
    messages.success(
        request, _("Accepted; work order %(number)s is ready to plan.") % {"number": order.number}
    )
    return redirect("quotes:quote_detail", pk)


@requires("make_quotes")
@require_POST
def link_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    links = QuoteLink.objects.filter(version__quote__in=Quote.objects.for_user(request.user))
    link = get_object_or_404(links.select_related("version__quote"), pk=pk)
    actions.link_revoke(link=link, by=request.user)
    messages.success(request, _("The link no longer opens."))
    return redirect("quotes:quote_detail", link.version.quote_id)
