"""The plan itself: a week, a day."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from apps.core import clock
from apps.core.web import PDF, day_read, made_file, requires
from apps.planning.board import Board
from apps.planning.crew import Crew
from apps.planning.documents import day_sheet_pdf
from apps.planning.fits import Fits
from apps.planning.models import Assignment
from apps.planning.oddities import oddities
from apps.planning.pulse import Pulse
from apps.planning.queue import SHOWN, Job, job_of, orders_to_plan
from apps.planning.roster import Roster
from apps.planning.waitlist import Waiting, capped
from apps.planning.week import Week
from apps.planning.weekfilters import NAMES, WeekFilters

SATURDAY = 5


@requires("see_office")
@require_GET
def plan(request: HttpRequest) -> HttpResponse:
    return redirect("planning:week")


@requires("see_office")
@require_GET
def week(request: HttpRequest) -> HttpResponse:
    """Technicians × days, coloured by what is free; beside it what there is to plan."""
    monday = _monday(request.GET.get("week", ""), _next_planned(request.user))
    job = _job(request)
    waiting = Waiting(request.user, request.GET)
    days = [monday + timedelta(days=n) for n in range(7)]
    pulse = Pulse(request.user, monday)
    also = [*waiting.questions, *pulse.questions]
    roster = Roster(request.user, days, placed=job is not None, also=also)
    filters = WeekFilters(request.GET, roster.people, roster.skills)
    fits = Fits(job, roster.skills, roster.proofs) if job and request.user.may("plan_work") else None
    board = Week(roster, filters, fits=fits, weekend=roster.view.weekend)
    address = _address(request)
    context = {
        "board": board,
        "job": job,
        "mark": pulse.mark,
        "telling": pulse.telling,
        "pulse_url": f"{reverse('planning:week_pulse')}?week={_week(monday)}",
        "waiting": waiting,
        "tabs": waiting.tabs(address),
        "monday": monday,
        "number": monday.isocalendar().week,
        "counters": [*board.counters(address), waiting.counter(address)],
        "filters": {
            "several": filters.several,
            "oob": filters.outside,
            "keep": {
                name: request.GET.getlist(name) for name in ("week", "job", "queue", "state", "arrange")
            },
            "clear_url": address(**dict.fromkeys(NAMES, "")) if filters.is_active else "",
        },
        "arranging": request.GET.get("arrange") == "1" and request.user.may("plan_work"),
        "previous_url": address(week=_week(monday - timedelta(days=7))),
        "next_url": address(week=_week(monday + timedelta(days=7))),
        "now_url": address(week=_week(clock.today())),
    }
    return render(request, "planning/week.html", context)


@requires("see_office")
@require_GET
def week_pulse(request: HttpRequest) -> HttpResponse:
    """Nothing, as long as the week is as the mark says that it was seen."""
    mark = Pulse(request.user, _monday(request.GET.get("week", ""), clock.today())).mark
    if mark == request.GET.get("mark"):
        return HttpResponse(status=204)
    return HttpResponse(mark, content_type="text/plain")


@requires("see_office")
@require_GET
def day(request: HttpRequest) -> HttpResponse:
    """One day per technician, with everything odd about it."""
    chosen = day_read(request.GET.get("day", ""), clock.today())
    board = Board(Crew(request.user, chosen, 1), request.GET)
    orders = [Job(one) for one in orders_to_plan(request.user)[: SHOWN + 1]]
    pressing = [job for job in orders if job.late or job.record.urgency == "urgent"]
    found = oddities(board, pressing)
    doubles = sum(1 for one in found if one.code == "double")
    available = sum(1 for cell in board.cells if cell.day.slot.free >= board.crew.shortest)
    occupancy = board.occupancy()
    week_url = f"{reverse('planning:week')}?week={_week(chosen)}"
    context = {
        "board": board,
        "day": chosen,
        "orders": orders[:SHOWN],
        "oddities": found,
        "counters": [
            {"label": _("Available technicians"), "value": available, "tone": "g", "url": _address(request)(state="")},
            {"label": _("Occupancy"), "value": f"{occupancy} %", "url": week_url},
            {"label": _("Double bookings"), "value": doubles, "tone": "r" if doubles else "", "url": "#review"},
            {"label": _("Unassigned"), "value": capped(len(orders)), "tone": "a" if orders else "", "url": "#unassigned"},
        ],
        "filters": _filters(request, board),
        "previous_url": _address(request)(day=(chosen - timedelta(days=1)).isoformat()),
        "next_url": _address(request)(day=(chosen + timedelta(days=1)).isoformat()),
        "now_url": _address(request)(day=""),
        "week_url": week_url,
        "sheet_url": _address(request, reverse("planning:day_sheet")),
    }  # fmt: skip
    return render(request, "planning/day.html", context)


@requires("see_office")
@require_GET
def day_sheet(request: HttpRequest) -> HttpResponse:
    """The day as it is filtered, on paper."""
    chosen = day_read(request.GET.get("day", ""), clock.today())
    board = Board(Crew(request.user, chosen, 1), request.GET)
    apart = request.GET.get("apart") == "1"
    content = day_sheet_pdf(board, day=chosen, apart=apart, language=get_language() or "en")
    return made_file(content, f"{_('planning')}-{chosen.isoformat()}.pdf", PDF)


def _monday(text: str, otherwise: date) -> date:
    """The Monday of an ISO week such as 2026-W47; of the week of another day when the text is none."""
    found = day_read(text, otherwise)
    return found - timedelta(days=found.weekday())


def _next_planned(user: Any) -> date:
    """A day of the week in which planning happens next. On a Saturday without work all that this week shows is over:
    whoever plans then plans the next one. Where somebody still works this weekend it is this week that is looked at."""
    today = clock.today()
    if today.weekday() < SATURDAY:
        return today
    start, _end = clock.day_bounds(today)
    end = start + timedelta(days=7 - today.weekday())
    is_worked = Assignment.objects.for_user(user).between(start, end).exists()
    return today if is_worked else today + timedelta(days=7)


def _week(day: date) -> str:
    year, number, _weekday = day.isocalendar()
    return f"{year}-W{number:02}"


def _address(request: HttpRequest, path: str = "") -> Any:
    """This page, or the one at `path`, with parameters changed; an empty value removes one."""

    def changed(**values: str) -> str:
        query = request.GET.copy()
        for name, value in values.items():
            query[name] = value
            if not value:
                del query[name]
        return f"{path or request.path}?{query.urlencode()}" if query else path or request.path

    return changed


def _job(request: HttpRequest) -> Job | None:
    key = request.GET.get("job", "")
    return job_of(key, request.user) if key else None


def _filters(request: HttpRequest, board: Board) -> dict[str, Any]:
    keep = {name: request.GET.get(name, "") for name in ("week", "day", "job", "queue", "state")}
    clear = _address(request)(skill="", region="", kind="", state="") if board.filters.active else ""
    return {
        "selects": board.filters.options,
        "keep": keep,
        "clear_url": clear,
        # What leads elsewhere from here takes the filters along.
        "oob": "#day-before,#day-now,#day-after,#print-menu:innerHTML",
    }
