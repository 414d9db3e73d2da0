"""The routes of a day: as they stand, better ones, and the yes."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from apps.core import clock
from apps.core.numbers import pk_read
from apps.core.refusals import Refused
from apps.core.web import day_read, requires
from apps.planning import actions
from apps.planning.actions import Move
from apps.planning.pages import next_or
from apps.planning.routemap import Drawn
from apps.planning.routes import DayRoutes, Found, plan_find
from apps.planning.rules.routes import Plan, moved
from apps.planning.rules.wall import moment_of

SALT = "planning.routes"
UNDO = "planning.routes.undo"
# A plan that was looked at longer ago is looked for anew.
AGE = 8 * 60 * 60


@requires("see_office")
@require_GET
def day_routes(request: HttpRequest) -> HttpResponse:
    """`?optimise=1` looks for better routes; nothing is moved for that."""
    day = day_read(request.GET.get("day", ""), clock.today())
    routes = DayRoutes(request.user, day, pk_read(request.GET.get("technician", "")))
    asked = request.GET.get("optimise") == "1" and request.user.may("plan_work")
    found = plan_find(routes.problem) if asked else Found(None)
    context = {
        "day": day,
        "drawn": Drawn(routes, found.plan),
        "asked": asked,
        "found": found,
        "plan": _signed(routes, found.plan) if found.plan else "",
        "people": sorted(routes.crew.available, key=lambda one: one.user.name),
        "technician": routes.technician,
        "optimise_url": _address(day, routes.technician, optimise=True),
        "day_url": f"{reverse('planning:day')}?day={day.isoformat()}",
    }
    return render(request, "planning/day_routes.html", context)


@requires("plan_work")
@require_POST
def day_routes_apply(request: HttpRequest) -> HttpResponse:
    """The plan that stood on the page, as we signed it."""
    try:
        given = signing.loads(request.POST.get("plan", ""), salt=SALT, max_age=AGE)
    except signing.BadSignature as fault:
        raise Refused(_("These routes were found too long ago. Look for them again.")) from fault
    day = date.fromisoformat(given["day"])
    back = actions.day_routes_apply(
        day=day,
        technician=given["technician"],
        versions={int(pk): version for pk, version in given["versions"].items()},
        moves=_moves(given["moves"]),
        by=request.user,
        grace=actions.quiet_time(),
    )
    request.session[UNDO] = [[one.visit, one.version, one.technician, one.start.isoformat()] for one in back]
    words = ngettext("%(n)s visit moved.", "%(n)s visits moved.", len(back)) % {"n": len(back)}
    words += " " + _("Customers hear of it once the plan has been left alone.")
    messages.success(request, words, extra_tags=f"undo:{reverse('planning:day_routes_undo')}")
    return redirect(_address(day, given["technician"]))


@requires("plan_work")
@require_POST
def day_routes_undo(request: HttpRequest) -> HttpResponse:
    """What this planner applied last goes back to where it was."""
    moves = _moves(request.session.get(UNDO, []))
    if not moves:
        raise Refused(_("There is nothing to take back."))
    actions.day_routes_undo(moves=moves, by=request.user, grace=actions.quiet_time())
    del request.session[UNDO]
    words = ngettext("Taken back: %(n)s visit.", "Taken back: %(n)s visits.", len(moves))
    messages.success(request, words % {"n": len(moves)})
    return redirect(next_or(request, "planning:day_routes"))


def _signed(routes: DayRoutes, plan: Plan) -> str:
    moves = [
        [one.pk, routes.versions[one.pk], plan[one.pk].technician, moment_of(plan[one.pk].start).isoformat()]
        for one in moved(routes.problem, plan)
    ]
    given = {
        "day": routes.day.isoformat(), "technician": routes.technician, "versions": routes.versions, "moves": moves,
    }  # fmt: skip
    return signing.dumps(given, salt=SALT, compress=True)


def _moves(given: list[Any]) -> list[Move]:
    return [
        Move(visit, version, technician, datetime.fromisoformat(start))
        for visit, version, technician, start in given
    ]


def _address(day: date, technician: int | None, *, optimise: bool = False) -> str:
    query = f"?day={day.isoformat()}"
    if technician:
        query += f"&technician={technician}"
    return reverse("planning:day_routes") + query + ("&optimise=1" if optimise else "")
