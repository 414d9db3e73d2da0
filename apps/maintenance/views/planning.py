"""A planning run: a month of maintenance, proposed to a planner, and booked on a yes."""

from itertools import groupby
from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from apps.core.ui.page import query
from apps.core.web import requires
from apps.maintenance import actions, rules
from apps.maintenance.forms import RunForm, TakeForm
from apps.maintenance.lists import regions, visit_rows
from apps.maintenance.models import ContractVisit
from apps.maintenance.spread import MOST, spread
from apps.planning.actions import quiet_time
from apps.technicians.models import Technician


@requires("plan_work")
@require_http_methods(["GET", "POST"])
def planning_run(request: HttpRequest) -> HttpResponse:
    """Show what would be planned (`?month=2026-12&region=48`); what is ticked is booked."""
    asked = RunForm(request.GET or None, regions=regions())
    first, where = asked.first, asked.where
    taken = TakeForm(request.POST or None)
    if taken.is_bound and taken.is_valid():
        done = actions.visits_plan(taken=_taken(request, taken), by=request.user, grace=quiet_time())
        _tell(request, done)
        return redirect(f"{reverse('maintenance:planning_run')}{query(month=f'{first:%Y-%m}', region=where)}")
    rows = visit_rows(request.user).to_plan().filter(work_order__status="to_plan")
    rows = rows.filter(window_from__lte=rules.month_end(first), window_until__gte=first)
    if where:
        rows = rows.filter(region=where)
    rows = rows.select_related("work_order__site", "work_order__customer")
    visits = list(rows.order_by("window_until", "pk")[: MOST + 1])
    found = spread(visits[:MOST], request.user, first)
    context: dict[str, Any] = {
        "asked": asked if asked.is_bound else RunForm({"month": f"{first:%Y-%m}"}, regions=regions()),
        "days": [(day, list(lines)) for day, lines in groupby(found.proposals, attrgetter("day"))],
        "count": len(found.proposals), "left": found.left, "more": len(visits) > MOST, "taken": taken,
        "address": query(month=f"{first:%Y-%m}", region=where),
    }  # fmt: skip
    return render(request, "maintenance/planning_run.html", context, status=422 if taken.is_bound else 200)


def _taken(request: HttpRequest, form: TakeForm) -> list[actions.Taken]:
    """The lines that were ticked, as far as their visit and technician are there."""
    lines = form.lines
    visits = visit_rows(request.user).in_bulk({visit for visit, _who, _at in lines})
    people = Technician.objects.for_user(request.user).in_bulk({who for _visit, who, _at in lines})
    return [
        actions.Taken(visits[visit], people[who], at)
        for visit, who, at in lines
        if visit in visits and who in people
    ]


def _tell(request: HttpRequest, done: actions.Planned) -> None:
    if count := len(done.booked):
        said = ngettext("%(n)s visit is planned.", "%(n)s visits are planned.", count)
        messages.success(request, said % {"n": count})
    for visit, why in done.refused:
        messages.warning(request, f"{_name(visit)}: {why}")
    if not done.booked and not done.refused:
        messages.warning(request, _("Nothing was planned: these visits are no longer there."))


def _name(visit: ContractVisit) -> str:
    return f"{visit.place.contract.customer}, {visit.place.site.city}"
