"""The plan itself: a week, a day."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from apps.core import clock
from apps.core.web import day_read, requires
from apps.planning.board import Board
from apps.planning.crew import Crew
from apps.planning.oddities import oddities
from apps.planning.queue import SHOWN, Job, intakes_to_plan, job_of, orders_to_plan


@requires("see_office")
@require_GET
def plan(request: HttpRequest) -> HttpResponse:
    return redirect("planning:week")


@requires("see_office")
@require_GET
def week(request: HttpRequest) -> HttpResponse:
    """Technicians × days, coloured by what is free; beside it what there is to plan."""
    monday = _monday(request.GET.get("week", ""))
    job = _job(request)
    board = Board(Crew(request.user, monday, 7), request.GET, job=job.key if job else "")
    queue = _queue(request)
    context = {
        "board": board,
        "job": job,
        "queue": queue,
        "monday": monday,
        "number": monday.isocalendar().week,
        "counters": [*board.counters(_address(request)), queue["counter"]],
        "filters": _filters(request, board),
        "previous_url": _address(request)(week=_week(monday - timedelta(days=7))),
        "next_url": _address(request)(week=_week(monday + timedelta(days=7))),
        "now_url": _address(request)(week=""),
    }
    return render(request, "planning/week.html", context)


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
            {"label": _("Unassigned"), "value": _capped(len(orders)), "tone": "a" if orders else "", "url": "#unassigned"},
        ],
        "filters": _filters(request, board),
        "previous_url": _address(request)(day=(chosen - timedelta(days=1)).isoformat()),
        "next_url": _address(request)(day=(chosen + timedelta(days=1)).isoformat()),
        "now_url": _address(request)(day=""),
        "week_url": week_url,
    }  # fmt: skip
    return render(request, "planning/day.html", context)


def _monday(text: str) -> date:
    """The Monday of an ISO week such as 2026-W47; of this week when the text is none."""
    found = day_read(text, clock.today())
    return found - timedelta(days=found.weekday())


def _week(day: date) -> str:
    year, number, _weekday = day.isocalendar()
    return f"{year}-W{number:02}"


def _address(request: HttpRequest) -> Any:
    """This page with parameters changed; an empty value removes one."""

    def changed(**values: str) -> str:
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in (request.GET.dict() | values).items() if value})
        return f"{request.path}?{query.urlencode()}" if query else request.path

    return changed


def _job(request: HttpRequest) -> Job | None:
    key = request.GET.get("job", "")
    return job_of(key, request.user) if key else None


def _queue(request: HttpRequest) -> dict[str, Any]:
    """The list at the left, with its tab, and the counter that leads to it."""
    chosen = "intakes" if request.GET.get("queue") == "intakes" else "orders"
    orders = list(orders_to_plan(request.user)[: SHOWN + 1])
    intakes = list(intakes_to_plan(request.user)[: SHOWN + 1])
    address = _address(request)
    return {
        "jobs": [Job(one) for one in (intakes if chosen == "intakes" else orders)[:SHOWN]],
        "more": len(intakes if chosen == "intakes" else orders) > SHOWN,
        "intakes": chosen == "intakes",
        "tabs": [
            {"label": _("Work orders"), "count": _capped(len(orders)), "url": address(queue="", job=""),
             "current": chosen == "orders"},
            {"label": _("Intakes"), "count": _capped(len(intakes)), "url": address(queue="intakes", job=""),
             "current": chosen == "intakes"},
        ],
        "counter": {
            "label": _("Work orders to plan"), "value": _capped(len(orders)), "url": address(queue="", job=""),
            "tone": "a" if orders else "",
        },
    }  # fmt: skip


def _capped(count: int) -> str:
    return f"{SHOWN}+" if count > SHOWN else str(count)


def _filters(request: HttpRequest, board: Board) -> dict[str, Any]:
    keep = {name: request.GET.get(name, "") for name in ("week", "day", "job", "queue", "state")}
    clear = _address(request)(skill="", region="", kind="", state="") if board.filters.active else ""
    return {"selects": board.filters.options, "keep": keep, "clear_url": clear}
