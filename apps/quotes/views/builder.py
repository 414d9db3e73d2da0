"""The quote builder: one form that saves itself; every button in it saves the whole form first."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.core.editing import SEEN, seen_written
from apps.core.meanwhile import MINE, Meanwhile, first_said
from apps.core.money import totals
from apps.core.numbers import pk_read
from apps.core.versions import last_change
from apps.core.web import requires
from apps.materials.models import Material
from apps.pricing.lookup import material_prices
from apps.pricing.models import RateKind, VatCode
from apps.quotes import actions, rules
from apps.quotes.actions.sending import sendable
from apps.quotes.conflicts import meanwhile, shown_of
from apps.quotes.forms import BuilderForm
from apps.quotes.models import LineKind, Quote, QuoteLine, QuoteVersion
from apps.quotes.pages import quote_or_404

RATES = [(kind.value, kind.label) for kind in RateKind if kind != RateKind.CALL_OUT]


def _page(
    request: HttpRequest, quote: Quote, version: QuoteVersion, form: BuilderForm | None = None
) -> dict[str, Any]:
    version.quote = quote
    lines = actions.lines_fresh(version)
    margin = request.user.may("see_margin")  # type: ignore[union-attr]
    codes = list(VatCode.objects.all())
    stored = BuilderForm(version, lines, codes, margin=margin)
    form = form or stored
    fixed = [line for line in lines if not line.optional]
    context: dict[str, Any] = {
        "quote": quote,
        "version": version,
        "form": form,
        "seen": seen_written(shown_of(stored)),
        "sums": totals(line.priced for line in fixed),
        "option_sums": [line for line in lines if line.optional],
        "nets": {str(line.pk): line.net for line in lines},
        "open_faults": sendable(version, lines),
        "rates": RATES,
        "may_see_margin": margin,
    }
    if margin:
        context["margin"] = rules.Margin(context["sums"].net, sum((line.cost for line in fixed), rules.ZERO))
    for one in form.lines:
        one.net = context["nets"].get(one.key)  # type: ignore[attr-defined]
    return context


@requires("make_quotes")
@require_safe
def quote_edit(request: HttpRequest, pk: int) -> HttpResponse:
    quote = quote_or_404(request, pk)
    if not quote.is_draft:
        return redirect("quotes:quote_detail", pk)
    return render(request, "quotes/quote_edit.html", _page(request, quote, quote.current))


def _saved(
    request: HttpRequest, pk: int, then: Callable[[QuoteVersion], HttpResponse | None]
) -> HttpResponse:
    """Save what was posted, then do what the button asked; a fault or a conflict shows everything as it was typed."""
    quote = quote_or_404(request, pk)
    version = quote.current
    version.quote = quote
    data = request.POST.copy()
    if "over" in data:
        _meanwhile(request, version, data).choose()
    form = _form(request, version, data)
    name = "quotes/_saved.html" if request.htmx else "quotes/quote_edit.html"  # type: ignore[attr-defined]
    if not form.is_valid:
        stored = quote_or_404(request, pk).current  # the form wrote what was typed on its own copy
        return render(request, name, _page(request, quote, stored, form), status=422)
    try:
        saved = actions.version_change(
            version=version,
            by=request.user,
            revision=form.revision,
            texts=form.texts_given,
            lines=form.lines_given,
        )
    except actions.Conflict:
        stored = quote_or_404(request, pk).current
        context = _page(request, quote, stored, form) | _conflict(request, stored, data)
        return render(request, name, context, status=409)
    return then(saved) or _answer(request, pk)


def _form(request: HttpRequest, version: QuoteVersion, data: QueryDict | None) -> BuilderForm:
    margin = request.user.may("see_margin")  # type: ignore[union-attr]
    return BuilderForm(version, actions.lines_fresh(version), VatCode.objects.all(), margin=margin, data=data)


def _meanwhile(request: HttpRequest, version: QuoteVersion, data: QueryDict) -> Meanwhile:
    codes = {code.pk: code for code in VatCode.objects.all()}
    margin = request.user.may("see_margin")  # type: ignore[union-attr]
    return meanwhile(_form(request, version, None), data, codes, margin=margin)


def _conflict(request: HttpRequest, version: QuoteVersion, data: QueryDict) -> dict[str, Any]:
    """Who was first, and both versions of what differs."""
    sentence, theirs = first_said(last_change(version), request.user.pk)
    return {
        "conflict": sentence,
        "theirs": theirs,
        "rows": _meanwhile(request, version, data).rows(undecided=MINE),
        "seen": data.get(SEEN, ""),
    }


def _answer(request: HttpRequest, pk: int, line: QuoteLine | None = None) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        quote = quote_or_404(request, pk)
        context = _page(request, quote, quote.current)
        if line is not None:
            context["added"] = next(one for one in context["form"].lines if one.key == str(line.pk))
        return render(request, "quotes/_saved.html", context)
    after = {
        "materials": reverse("quotes:material_pick", args=[pk]),
        "send": reverse("quotes:quote_send", args=[pk]),
        "detail": reverse("quotes:quote_detail", args=[pk]),
    }.get(request.POST.get("next", ""))
    edit = reverse("quotes:quote_edit", args=[pk])
    return redirect(after or (f"{edit}#line-{line.pk}" if line else edit))


@requires("make_quotes")
@require_POST
def quote_save(request: HttpRequest, pk: int) -> HttpResponse:
    return _saved(request, pk, lambda version: None)


@requires("make_quotes")
@require_POST
def line_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Save, and add a line of `?kind=`, at `?rate=` or of `?material=`. From the materials page only the line is posted."""
    kind = request.GET.get("kind", "")
    fields: dict[str, Any] = {"kind": kind if kind in LineKind.values else LineKind.TEXT}
    if fields["kind"] == LineKind.LABOUR and request.GET.get("rate") in RateKind.values:
        fields["rate_kind"] = request.GET["rate"]
    given = pk_read(request.GET.get("material"))
    if given is not None:
        material = Material.objects.for_user(request.user).filter(pk=given).first()
        if material is not None:
            fields |= {"kind": LineKind.MATERIAL, "material": material}

    def add(version: QuoteVersion) -> HttpResponse:
        line = actions.line_add(version=version, by=request.user, revision=version.revision, **fields)
        return _answer(request, pk, line)

    if "revision" not in request.POST:
        return add(quote_or_404(request, pk).current)
    return _saved(request, pk, add)


@requires("make_quotes")
@require_POST
def line_remove(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    def remove(version: QuoteVersion) -> None:
        actions.line_remove(version=version, by=request.user, line=line, revision=version.revision)

    return _saved(request, pk, remove)


@requires("make_quotes")
@require_POST
def line_move(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    places = -1 if request.GET.get("to") == "up" else 1

    def shift(version: QuoteVersion) -> None:
        actions.line_move(
            version=version, by=request.user, line=line, places=places, revision=version.revision
        )

    return _saved(request, pk, shift)


@requires("make_quotes")
@require_safe
def material_pick(request: HttpRequest, pk: int) -> HttpResponse:
    """Search the catalogue, with today's prices, for a line to add."""
    quote = quote_or_404(request, pk)
    text = request.GET.get("q", "").replace("\x00", "")[:100]
    shown = bool(text.strip()) or not request.htmx  # type: ignore[attr-defined]
    found = Material.objects.for_user(request.user).active().found(text, "name", most=12) if shown else []
    prices = material_prices(found)
    context = {"quote": quote, "q": text, "found": [(one, prices.get(one.pk)) for one in found]}
    name = "quotes/_materials.html" if request.htmx else "quotes/material_pick.html"  # type: ignore[attr-defined]
    return render(request, name, context)
