"""The owner's pages: how the company stands, and the records behind every number."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from apps.core import clock
from apps.core.web import PDF, made_file, requires
from apps.finance import board, documents, figures, lists
from apps.finance.forms import PeriodForm, choice_read
from apps.finance.rules import Choice


def _context(choice: Choice, form: PeriodForm) -> dict[str, Any]:
    today = clock.today()
    return {
        "form": form,
        "board_days": board.span_text(choice.period.counted(today)),
        "before_days": board.span_text(choice.period.before(today)),
        "overview_url": f"{reverse('finance:overview')}?{urlencode(choice.query)}",
        "periods": board.periods(choice, today),
        "scope_name": board.scope_name(choice.scope),
    }


def _status(form: PeriodForm) -> int:
    return 422 if form.is_bound and not form.is_valid() else 200


@requires("see_finance")
@require_GET
def finance(request: HttpRequest) -> HttpResponse:
    choice, form = choice_read(request.GET)
    found = figures.figures(choice)
    context = _context(choice, form) | board.board(found, choice)
    return render(request, "finance/finance.html", context, status=_status(form))


@requires("see_finance")
@require_GET
def sum_list(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in lists.TABLES:
        raise Http404
    choice, form = choice_read(request.GET)
    page = lists.TABLES[kind](request, choice)
    if exported := page.export():
        return exported
    context = _context(choice, form) | {"page": page, "tables": board.tables(choice, kind)}
    return render(request, "finance/sum_list.html", context, status=_status(form))


@requires("see_finance")
@require_GET
def record_list(request: HttpRequest, what: str) -> HttpResponse:
    if what not in lists.WHATS:
        raise Http404
    choice, form = choice_read(request.GET)
    page = lists.RecordList(request, choice, what)
    if exported := page.export():
        return exported
    tables = board.tables(choice, what) if what == board.PER_JOB else []
    context = _context(choice, form) | {"page": page, "tables": tables}
    return render(request, "finance/record_list.html", context, status=_status(form))


@requires("see_finance")
@require_GET
def unpaid_list(request: HttpRequest) -> HttpResponse:
    page = lists.UnpaidList(request)
    if exported := page.export():
        return exported
    return render(request, "finance/unpaid_list.html", {"page": page})


@requires("see_finance")
@require_GET
def available_list(request: HttpRequest) -> HttpResponse:
    choice, form = choice_read(request.GET)
    page = lists.AvailableList(request, choice)
    if exported := page.export():
        return exported
    context = _context(choice, form) | {"page": page}
    return render(request, "finance/available_list.html", context, status=_status(form))


@requires("see_finance")
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    choice, form = choice_read(request.GET)
    if _status(form) != 200:
        return redirect(f"{reverse('finance:overview')}?{request.GET.urlencode()}")
    content = documents.report_pdf(choice, language=get_language() or "en")
    name = f"finance-{choice.period.start.isoformat()}-{choice.period.last.isoformat()}.pdf"
    return made_file(content, name, PDF)
