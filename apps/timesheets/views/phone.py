"""My week: the technician's own hours. Read without a network; what is entered here needs one."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.core import clock
from apps.core.keeping import kept
from apps.core.web import day_read, requires
from apps.field.pages import for_technicians, technician_of
from apps.timesheets import actions, rules
from apps.timesheets.figures import sheet_of
from apps.timesheets.forms import HandTimeForm
from apps.timesheets.models import HandTime
from apps.timesheets.states import KIND_LABELS


def _monday(text: str) -> date:
    """The week of a day in an address or a form; this week when it is none."""
    return rules.monday_of(day_read(text, clock.today()))


def _here(monday: date) -> str:
    return f"{reverse('my_week:week')}?from={monday.isoformat()}"


def _page(request: HttpRequest, monday: date, form: HandTimeForm, status: int = 200) -> HttpResponse:
    sheet = sheet_of(technician_of(request), monday, clock.now())
    this = rules.monday_of(clock.today())
    context = {
        "sheet": sheet,
        "week": sheet.week,
        "kinds": KIND_LABELS,
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "earlier": _here(monday - timedelta(days=7)),
        "later": _here(monday + timedelta(days=7)),
        "is_now": monday == this,
        "has_begun": monday <= this,
        "today": clock.today(),
        "form": form,
    }
    return render(request, "timesheets/my_week.html", context, status=status)


@kept
@requires("record_work")
@require_GET
@for_technicians
def week(request: HttpRequest) -> HttpResponse:
    monday = _monday(request.GET.get("from", ""))
    return _page(request, monday, HandTimeForm(monday=monday, today=clock.today()))


@requires("record_work")
@require_POST
@for_technicians
def time_add(request: HttpRequest) -> HttpResponse:
    monday = _monday(request.POST.get("monday", ""))
    form = HandTimeForm(request.POST, monday=monday, today=clock.today())
    if not form.is_valid():
        return _page(request, monday, form, status=422)
    actions.time_add(technician=technician_of(request), monday=monday, by=request.user, **form.cleaned_data)
    return redirect(_here(monday))


@requires("record_work")
@require_POST
@for_technicians
def time_remove(request: HttpRequest, pk: int) -> HttpResponse:
    own = HandTime.objects.filter(week__technician=technician_of(request))
    time = get_object_or_404(own.select_related("week__technician"), pk=pk)
    actions.time_remove(time=time, by=request.user)
    return redirect(_here(time.week.monday))


@requires("record_work")
@require_POST
@for_technicians
def week_submit(request: HttpRequest) -> HttpResponse:
    monday = _monday(request.POST.get("monday", ""))
    actions.week_submit(
        technician=technician_of(request),
        monday=monday,
        seen=request.POST.get("hours_seen", ""),
        by=request.user,
    )
    messages.success(request, _("Your hours are at the office."))
    return redirect(_here(monday))
