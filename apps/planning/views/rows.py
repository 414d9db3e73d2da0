"""How the week is shown: to whoever looks at it, and in which order to everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from apps.core.web import requires
from apps.planning import actions
from apps.planning.models import Density
from apps.planning.pages import next_or
from apps.technicians.models import Technician


@requires("see_office")
@require_POST
def week_view_set(request: HttpRequest) -> HttpResponse:
    """Keep for the reader how they want to see the week; what is no choice changes nothing."""
    density, weekend = request.POST.get("density"), request.POST.get("weekend")
    actions.week_view_set(
        by=request.user,
        density=Density(density) if density in Density.values else None,
        weekend={"on": True, "off": False}.get(weekend or ""),
    )
    return redirect(next_or(request, "planning:week"))


@requires("plan_work")
@require_POST
def row_move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down on the week of the whole company."""
    technician = get_object_or_404(Technician.objects.for_user(request.user), pk=pk)
    actions.row_move(technician=technician, by=request.user, up=request.POST.get("way") != "down")
    return redirect(next_or(request, "planning:week"))
