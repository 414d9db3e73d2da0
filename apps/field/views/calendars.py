"""One's own visits in a calendar of one's own: the address, another one, none."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.core.web import requires
from apps.field.pages import for_technicians, technician_of
from apps.messaging import links
from apps.technicians import actions
from apps.technicians.models import CalendarFeed


@requires("record_work")
@require_GET
@for_technicians
def calendar(request: HttpRequest) -> HttpResponse:
    technician = technician_of(request)
    feed = CalendarFeed.objects.for_user(request.user).first()
    context = {
        "feed": feed,
        "limited": not technician.may_see_agenda,
        # Not as webcal: some programs make plain http of that, and the secret would cross the network in clear.
        "address": links.address(actions.CALENDAR, feed.nonce) if feed else "",
    }
    return render(request, "field/calendar.html", context)


@requires("record_work")
@require_POST
@for_technicians
def calendar_open(request: HttpRequest) -> HttpResponse:
    actions.calendar_feed_open(technician=technician_of(request), by=request.user)
    return redirect("phone:calendar")


@requires("record_work")
@require_POST
@for_technicians
def calendar_close(request: HttpRequest) -> HttpResponse:
    actions.calendar_feed_close(technician=technician_of(request), by=request.user)
    return redirect("phone:calendar")
