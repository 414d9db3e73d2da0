"""The quote and its page, as several views show them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from apps.company.lists import saved_views
from apps.core import clock
from apps.core.money import totals
from apps.messaging.links import address
from apps.messaging.record import record_ask
from apps.quotes import actions, rules
from apps.quotes.actions.sending import default_address, sendable
from apps.quotes.forms import RecordForm, ResendForm, ReviseForm, TemplateNameForm, WithdrawForm
from apps.quotes.letters import PURPOSE
from apps.quotes.lists import QuoteList, quote_rows, quote_steps
from apps.quotes.models import Quote, QuoteLink


def quote_or_404(request: HttpRequest, pk: int) -> Quote:
    rows = Quote.objects.for_user(request.user)
    return get_object_or_404(
        rows.select_related("customer", "contact", "site", "request", "type", "work_order", "current"), pk=pk
    )


def list_context(request: HttpRequest) -> dict[str, Any]:
    page = QuoteList(request, quote_rows, path=reverse("quotes:quote_list"))
    may_make = request.user.may("make_quotes")  # type: ignore[union-attr]
    return {"page": page, "saved": saved_views(page, request.user), "user_may_make": may_make}


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


def ask_again(request: HttpRequest, quote: Quote, **forms: object) -> HttpResponse:
    """The quote's page with a form that needs another look."""
    return render(
        request, "quotes/quote_list.html", list_context(request) | detail(request, quote) | forms, status=422
    )
