"""The list of quotes and what one quote looks like."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.numbers import pk_read
from apps.core.web import PDF, made_file, requires
from apps.customers.pages import choosing
from apps.documents.web import file_response
from apps.intake.models import Request
from apps.quotes import actions
from apps.quotes.actions.content import version_content
from apps.quotes.documents import content_pdf, file_name
from apps.quotes.documents import quote_pdf as pdf_of
from apps.quotes.forms import CreateForm
from apps.quotes.models import Quote, QuoteTemplate, QuoteVersion
from apps.quotes.pages import detail, list_context, quote_or_404


@requires("see_prices")
@require_safe
def quote_list(request: HttpRequest) -> HttpResponse:
    context = list_context(request)
    if file := context["page"].export():
        return file
    return render(request, "quotes/quote_list.html", context)


@requires("see_prices")
@require_safe
def quote_detail(request: HttpRequest, pk: int) -> HttpResponse:
    quote = quote_or_404(request, pk)
    return render(request, "quotes/quote_list.html", list_context(request) | detail(request, quote))


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
            start = form.starts_from(request.user)
            quote = actions.quote_create(by=request.user, **start)
            _foreign_words_told(request, quote.current, start["template"] or start["copy_of"])
            return redirect("quotes:quote_edit", quote.pk)
    context = choosing(request, form) | {"asked": asked if request.method == "GET" else None}
    status = 422 if request.method == "POST" and not choosing_only else 200
    response = render(request, "quotes/quote_create.html", context, status=status)
    response.shown_again = choosing_only  # type: ignore[attr-defined]
    return response


def _foreign_words_told(
    request: HttpRequest, version: QuoteVersion, source: QuoteTemplate | Quote | None
) -> None:
    """Say it when the quote begins with texts and lines of another language than its own."""
    words = source.current if isinstance(source, Quote) else source
    if words is not None and words.language != version.language:
        messages.warning(
            request,
            _("This quote goes out in %(own)s; the texts and lines that it begins with are in %(other)s.")
            % {"own": version.get_language_display(), "other": words.get_language_display()},
        )


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
        return made_file(
            pdf_of(version, acceptance), file_name(version, accepted=acceptance is not None), PDF
        )
    content = version_content(version, actions.lines_fresh(version))
    return made_file(content_pdf(content, draft=True), file_name(version), PDF)


@requires("see_prices")
@require_safe
def quote_signature(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The drawing under the acceptance."""
    acceptance = getattr(quote_or_404(request, pk).current, "acceptance", None)
    if acceptance is None or acceptance.signature is None:
        raise Http404
    return file_response(acceptance.signature)
