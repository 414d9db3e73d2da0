"""Technicians: the list with one of them beside it, and what may be changed. What they cost stands in `pricing`."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import User
from apps.company.lists import saved_views
from apps.core import clock, formats
from apps.core.editing import Edit, edits
from apps.core.handover import hand_over_page
from apps.core.web import requires
from apps.messaging.record import record_ask
from apps.technicians import actions
from apps.technicians.forms import (
    HoursForm,
    NewTechnicianForm,
    SecondWeekForm,
    TechnicianForm,
    WorkWeekForm,
)
from apps.technicians.lists import TechnicianList, technician_rows
from apps.technicians.models import Technician, WorkingHours
from apps.technicians.pages import (
    DAY,
    certificate_lines,
    certificate_rows,
    hours_now,
    hours_rows,
    hours_said,
    opening_hours,
    periods,
)
from apps.technicians.states import Rhythm


def _page(request: HttpRequest, chosen: Technician | None = None) -> HttpResponse:
    page = TechnicianList(request, technician_rows, path=reverse("technicians:technician_list"))
    if answer := page.export():
        return answer
    context: dict[str, Any] = {
        "page": page,
        "saved": saved_views(page, request.user),
        "chosen": chosen,
    }
    if chosen:
        absences = chosen.absences.filter(period__endswith__gt=clock.now()).order_by("period")[:8]
        hours = hours_rows(chosen)
        asked = chosen.absence_requests.to_decide().order_by("period")
        certificates = certificate_rows(chosen)
        record_ask(chosen, request.user, absences, hours, asked, certificates)
        context |= {
            "here": Technician.objects.available_on(clock.today()).filter(pk=chosen.pk).exists(),
            "periods": periods(hours),
            "certificates": certificate_lines(certificates),
            "absences": absences,
            "asked": asked,
            "feed": getattr(chosen, "calendar_feed", None),
            "home": getattr(chosen, "home", None),
            "absence_url": _address("planning:absence_add", chosen.pk),
        }
    return render(request, "technicians/technician_list.html", context)


def _address(name: str, pk: int) -> str:
    """A page of a higher app, with the technician filled in; empty when it is not installed."""
    try:
        return f"{reverse(name)}?technician={pk}"
    except NoReverseMatch:
        return ""


def _of(request: HttpRequest, pk: int) -> Technician:
    people = Technician.objects.for_user(request.user).select_related("user", "calendar_feed", "home")
    return get_object_or_404(people.prefetch_related("skills"), pk=pk)


@requires("see_office")
@require_safe
def technician_list(request: HttpRequest) -> HttpResponse:
    return _page(request)


@requires("see_office")
@require_safe
def technician_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _of(request, pk))


def _given(form: TechnicianForm) -> dict[str, Any]:
    """What the form says of the technician itself, skills included."""
    names = [*TechnicianForm.Meta.fields, "more_skills"]
    given = {name: form.cleaned_data[name] for name in names} | {"home": form.home}
    given["skills"] = [*given["skills"], *(actions.skill_get(name=name) for name in given.pop("more_skills"))]
    return given


@requires("manage_technicians")
@require_http_methods(["GET", "POST"])
def technician_create(request: HttpRequest) -> HttpResponse:
    form = NewTechnicianForm(request.POST or None, people=User.objects.for_user(request.user))
    usual = opening_hours() or [(day, *actions.WORKING_DAY) for day in range(1, 6)]
    week = WorkWeekForm(request.POST or None, periods=usual)
    if request.method == "POST" and all([form.is_valid(), week.is_valid() and week.is_said()]):
        given = _given(form) | {"patterns": week.periods}
        user = form.cleaned_data["user"]
        if user:
            technician = actions.technician_create(by=request.user, user=user, **given)
        else:
            person = {name: form.cleaned_data[name] for name in ("name", "email", "language")}
            technician = actions.technician_invite(by=request.user, **person, **given)
        messages.success(request, _("%(name)s can be planned.") % {"name": technician})
        return redirect("technicians:technician_detail", technician.pk)
    context = {"form": form, "week": week}
    return render(
        request, "technicians/technician_create.html", context, status=422 if form.is_bound else 200
    )


@requires("manage_technicians")
@require_http_methods(["GET", "POST"])
@edits
def technician_change(request: HttpRequest, pk: int) -> HttpResponse:
    technician = _of(request, pk)
    edit = Edit(request, technician, TechnicianForm(instance=technician))
    form = TechnicianForm(edit.data, instance=technician)
    if edit.saves and form.is_valid():
        actions.technician_change(
            technician=technician, by=request.user, version=edit.version, **_given(form)
        )
        messages.success(request, _("%(name)s is changed.") % {"name": technician})
        return redirect("technicians:technician_detail", technician.pk)
    context = {"form": form, "technician": technician, "edit": edit}
    return render(
        request, "technicians/technician_change.html", context, status=422 if form.is_bound else 200
    )


@requires("manage_technicians")
@require_http_methods(["GET", "POST"])
@edits
def hours_set(request: HttpRequest, pk: int) -> HttpResponse:
    """Other hours from a day on: of each week the same, or of two weeks in turns."""
    technician = _of(request, pk)
    noted = list(hours_rows(technician))
    edit = Edit(request, technician, *_hours_forms(noted, None))
    form, first, second = _hours_forms(noted, edit.data)
    # The second week is hidden where every week is the same: whatever stands in it then is not meant.
    judged = [first] if form["rhythm"].value() == Rhythm.WEEKLY else [first, second]
    said = all(one.is_valid() for one in judged) and first.is_said(*judged[1:])
    if edit.saves and form.is_valid() and said:
        hours = actions.hours_set(
            technician=technician,
            by=request.user,
            version=edit.version,
            weeks=[one.periods for one in judged],
            first=form.cleaned_data["first"],
            rhythm=form.cleaned_data["rhythm"],
        )
        messages.success(request, _hours_are_set(hours))
        return redirect("technicians:technician_detail", pk)
    context = {
        "form": form,
        "weeks": [first, second],
        "judged": judged,
        "technician": technician,
        "edit": edit,
    }
    return render(request, "technicians/hours_set.html", context, status=422 if form.is_bound else 200)


def _hours_forms(noted: list[WorkingHours], data: Any) -> tuple[HoursForm, WorkWeekForm, SecondWeekForm]:
    """Begin with what is worked today, with all that is noted beside it; the second week as the first until it differs."""
    now = hours_now(noted)
    rhythm = now.rhythm if now else Rhythm.WEEKLY
    first = second = opening_hours() if not now else _periods(now, 1)
    if now and rhythm != Rhythm.WEEKLY:
        second = _periods(now, 2)
    form = HoursForm(data, initial={"rhythm": rhythm, "noted": hours_said(noted)})
    return form, WorkWeekForm(data, periods=first), SecondWeekForm(data, periods=second)


def _periods(hours: WorkingHours, week: int) -> list[actions.Pattern]:
    return [(one.weekday, one.starts, one.ends) for one in hours.patterns.all() if one.week == week]


def _hours_are_set(hours: WorkingHours) -> str:
    if hours.valid.upper is None:
        return _("The hours of %(name)s are set.") % {"name": hours.technician}
    words = {"name": hours.technician, "day": formats.day(hours.valid.upper - DAY)}
    return (
        _(
            "The hours of %(name)s are set until and including %(day)s: then the next change begins that is noted."
        )
        % words
    )


@requires("manage_technicians")
@require_POST
def hours_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """A change of hours that has not begun is taken back."""
    rows = WorkingHours.objects.filter(technician__in=Technician.objects.for_user(request.user))
    hours = get_object_or_404(rows.select_related("technician__user"), pk=pk)
    actions.hours_remove(hours=hours, by=request.user)
    messages.success(request, _("The change is taken back: the hours before it go on."))
    return redirect("technicians:technician_detail", hours.technician_id)


@requires("manage_technicians")
@require_http_methods(["GET", "POST"])
def technician_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Out of service: what they hold, and to whom it goes."""
    technician = _of(request, pk)

    def done() -> HttpResponse:
        messages.success(request, _("%(name)s can no longer be planned.") % {"name": technician})
        return redirect("technicians:technician_detail", pk)

    act = partial(actions.technician_deactivate, technician=technician, by=request.user)
    template = "technicians/technician_deactivate.html"
    return hand_over_page(
        request, subject=technician, template=template, act=act, done=done, technician=technician
    )


@requires("manage_technicians")
@require_http_methods(["GET", "POST"])
def technician_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody holds goes to others, before they leave or after."""
    technician = _of(request, pk)

    def done() -> HttpResponse:
        messages.success(request, _("The work of %(name)s is handed over.") % {"name": technician})
        return redirect("technicians:technician_detail", pk)

    act = partial(actions.technician_hand_over, technician=technician, by=request.user)
    template = "technicians/technician_hand_over.html"
    return hand_over_page(
        request, subject=technician, template=template, act=act, done=done, technician=technician
    )


@requires("manage_technicians")
@require_POST
def technician_activate(request: HttpRequest, pk: int) -> HttpResponse:
    technician = _of(request, pk)
    actions.technician_activate(technician=technician, by=request.user)
    name = {"name": technician}
    if technician.user.is_active:
        messages.success(request, _("%(name)s can be planned again.") % name)
    else:
        messages.warning(
            request, _("%(name)s is in service, but can only be planned once the login is given back.") % name
        )
    return redirect("technicians:technician_detail", technician.pk)


@requires("manage_technicians")
@require_POST
def calendar_feed_close(request: HttpRequest, pk: int) -> HttpResponse:
    technician = _of(request, pk)
    actions.calendar_feed_close(technician=technician, by=request.user)
    messages.success(request, _("Calendars get no visits of %(name)s any more.") % {"name": technician})
    return redirect("technicians:technician_detail", pk)
