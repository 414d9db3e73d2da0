"""The first page, the search, and the reader's own settings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.actions import user_language_set
from apps.core import clock
from apps.core.numbers import pk_read
from apps.core.web import requires
from apps.office.dashboard import Figures
from apps.office.guide import guide_waits
from apps.office.search import search as search_for
from apps.office.today import FieldToday, most
from apps.tasks.board import Board
from apps.tasks.waiting import tasks

THEMES = ("light", "dark")
YEAR = 60 * 60 * 24 * 365


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Everyone's own first page."""
    if not request.user.may("see_office"):
        return redirect("phone:today")
    return redirect("office:guide" if guide_waits(request.user) else "office:dashboard")


@requires("see_office")
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """The daily control room. It asks for itself anew while it stands open."""
    now = clock.now()
    whose = request.GET.get("whose", "")
    number = max(1, min(pk_read(request.GET.get("page")) or 1, 1000))
    figures, field = Figures(request.user), FieldToday(request.user, now)
    waiting = tasks(request.user, now, *figures.questions, *field.questions, whose=whose, page=number)
    field_rows, field_more = most(field.rows())
    context = {
        "counters": figures.counters(),
        "board": Board(request, waiting, whose, now),
        "leaks": figures.leak_alerts(),
        "field_rows": field_rows,
        "field_more": field_more,
        "guide_waits": not waiting.total and not whose and guide_waits(request.user),
    }
    return render(request, "office/dashboard.html", context)


@requires("see_office")
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "")[:100]
    context = {"text": text, "groups": search_for(request.user, request, text)}
    return render(request, "office/_found.html" if request.htmx else "office/search.html", context)  # type: ignore[attr-defined]


def _back(request: HttpRequest) -> HttpResponse:
    given = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(given, allowed_hosts={request.get_host()})
    return redirect(given if safe else "office:home")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the system has it."""
    response = _back(request)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=YEAR, samesite="Lax")
    else:
        response.delete_cookie("theme")
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The language of the user's account."""
    chosen = request.POST.get("language", "")
    if translation.check_for_language(chosen):
        user_language_set(user=request.user, language=chosen)
    return _back(request)
