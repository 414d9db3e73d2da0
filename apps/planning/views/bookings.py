"""Booking, moving and cancelling a visit, and the quick plan that leads to it."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core import clock, formats
from apps.core.numbers import HOURS, Shape, Unreadable, pk_read, read
from apps.core.web import requires
from apps.intake.models import Request
from apps.planning import actions
from apps.planning.actions import DoubleBooking, LeftByThen, MovedMeanwhile, OddBooking, PlannedMeanwhile
from apps.planning.facts import booking_warnings, clashes, recipient, too_few
from apps.planning.forms import BookingForm, ReasonForm
from apps.planning.models import Assignment, ChangeRequest, Overbooking, PlanStep
from apps.planning.pages import step_say, week_url
from apps.planning.queue import Job, intakes_to_plan, job_of, orders_to_plan
from apps.planning.quick import colleague_free
from apps.planning.quick import quick_plan as best_slots
from apps.planning.rules.suggest import rounded_up
from apps.planning.states import WARNINGS
from apps.workorders.models import WorkOrder

CHOICES_SHOWN = 30
OFFERED = Shape(2, Decimal("0.25"), Decimal(10), HOURS)  # hours for which a slot is looked for


@requires("plan_work")
@require_http_methods(["GET", "POST"])
def assignment_place(request: HttpRequest) -> HttpResponse:
    """Book a visit: `?job=w12&technician=3&day=2026-11-18&start=10:00` fills the form."""
    key = request.POST.get("job") or request.GET.get("job", "")
    if not key:
        return _job_choose(request)
    job = job_of(key, request.user)
    form = BookingForm(request.POST or None, user=request.user, initial=_initial(request, job))
    if request.method == "GET" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "planning/assignment_place.html", _context(request, job, form), status=status)
    given = form.cleaned_data
    try:
        booking = actions.assignment_place(
            technician=given["technician"], start=form.begins, end=form.ends, by=request.user,
            work_order=job.record if isinstance(job.record, WorkOrder) else None,
            request=job.record if isinstance(job.record, Request) else None,
            grace=actions.quiet_time(), known=form.known, seen=form.seen, accepted=form.accepted, reason=given["reason"], confirm=given["confirm"],
        )  # fmt: skip
    except (DoubleBooking, OddBooking):
        context = _context(request, job, form) | _objections(job, form, None)
        return render(request, "planning/assignment_place.html", context, status=422)
    except LeftByThen as left:
        form.add_error("day", str(left))
        return render(request, "planning/assignment_place.html", _context(request, job, form), status=422)
    except PlannedMeanwhile as planned:
        context = _context(request, job, form) | {"planned": planned}
        return render(request, "planning/assignment_place.html", context, status=409)
    step_say(request, booking, _placed(booking))
    return redirect(_next(request, booking))


@requires("see_office")
@require_GET
def assignment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    booking = get_object_or_404(Assignment.objects.for_user(request.user).with_job(), pk=pk)
    form = BookingForm(user=request.user, booking=booking, initial=_now(booking))
    return render(request, "planning/assignment_detail.html", _detail(request, booking, form))


@requires("plan_work")
@require_POST
def assignment_move(request: HttpRequest, pk: int) -> HttpResponse:
    booking = get_object_or_404(Assignment.objects.for_user(request.user).with_job(), pk=pk)
    form = BookingForm(request.POST, user=request.user, booking=booking)
    version = pk_read(request.POST.get("version"))
    if not form.is_valid() or version is None:
        context = _detail(request, booking, form) | ({} if version is None else {"version": version})
        return render(request, "planning/assignment_detail.html", context, status=422)
    given = form.cleaned_data
    try:
        booking = actions.assignment_move(
            assignment=booking, technician=given["technician"], start=form.begins, end=form.ends, by=request.user,
            version=version, grace=actions.quiet_time(), seen=form.seen, accepted=form.accepted, reason=given["reason"],
            confirm=given["confirm"],
        )  # fmt: skip
    except (DoubleBooking, OddBooking):
        context = _detail(request, booking, form) | _objections(Job(booking.job), form, booking.pk)
        return render(request, "planning/assignment_detail.html", context, status=422)
    except LeftByThen as left:
        form.add_error("day", str(left))
        context = _detail(request, booking, form) | {"version": version}
        return render(request, "planning/assignment_detail.html", context, status=422)
    except MovedMeanwhile as moved:
        return _moved(request, moved, form)
    step_say(request, booking, _placed(booking))
    return redirect(_next(request, booking))


@requires("plan_work")
@require_POST
def assignment_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    booking = get_object_or_404(Assignment.objects.for_user(request.user).with_job(), pk=pk)
    reason = ReasonForm(request.POST, auto_id="reason-%s")
    if not reason.is_valid():
        form = BookingForm(user=request.user, booking=booking, initial=_now(booking))
        context = _detail(request, booking, form) | {"reason_form": reason}
        return render(request, "planning/assignment_detail.html", context, status=422)
    why, version = reason.cleaned_data["reason"], pk_read(request.POST.get("version"))
    try:
        actions.assignment_cancel(
            assignment=booking, by=request.user, reason=why, version=version, grace=actions.quiet_time()
        )
    except MovedMeanwhile as moved:
        return _moved(request, moved, reason=reason)
    step_say(request, booking, _("%(job)s is off the plan.") % {"job": booking.job})
    return redirect(week_url(booking.starts_at))


@requires("plan_work")
@require_GET
def quick_plan(request: HttpRequest) -> HttpResponse:
    """The best technicians and slots for a job; one press books."""
    key = request.GET.get("job", "")
    if not key:
        return _job_choose(request, target="planning:quick_plan")
    return _quick(request, job_of(key, request.user))


@requires("plan_work")
@require_GET
def intake_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan the intake visit of a request on one technician."""
    get_object_or_404(Request.objects.for_user(request.user), pk=pk)
    return _quick(request, job_of(f"r{pk}", request.user))


def _quick(request: HttpRequest, job: Job) -> HttpResponse:
    length = job.length
    with suppress(Unreadable):
        length = timedelta(hours=float(read(request.GET.get("hours", ""), OFFERED)))
    offers = best_slots(job, request.user, length=length)
    form = BookingForm(user=request.user, initial=_initial(request, job))
    context = _context(request, job, form) | {
        "offers": offers,
        "chosen": job.technician,
        "length": length,
        "hours": _hours(length),
    }
    return render(request, "planning/quick_plan.html", context)


def _job_choose(request: HttpRequest, target: str = "planning:assignment_place") -> HttpResponse:
    query = request.GET.copy()
    query.pop("job", None)
    context = {
        "orders": [Job(one) for one in orders_to_plan(request.user)[:CHOICES_SHOWN]],
        "intakes": [Job(one) for one in intakes_to_plan(request.user)[:CHOICES_SHOWN]],
        "target": reverse(target),
        "rest": f"&{query.urlencode()}" if query else "",
    }
    return render(request, "planning/job_choose.html", context)


def _initial(request: HttpRequest, job: Job) -> dict[str, Any]:
    """The form from the address, `beside` another visit of the job; else the next quarter of the day that suits the customer."""
    visits = {one.pk: one for one in actions.visits_of(job.record)}
    if (beside := visits.get(pk_read(request.GET.get("beside")) or 0)) is not None:
        return _now(beside) | {"technician": colleague_free(beside, request.user)}
    start = timezone.localtime(rounded_up(clock.now()))
    return {
        "technician": request.GET.get("technician") or (job.technician and job.technician.pk),
        "day": request.GET.get("day") or max(filter(None, (start.date(), job.first_day))),
        "start": request.GET.get("start") or ("08:00" if job.first_day else f"{start:%H:%M}"),
        "hours": request.GET.get("hours") or _hours(job.length),
        "confirm": job.confirms,
    }


def _now(booking: Assignment) -> dict[str, Any]:
    start = timezone.localtime(booking.starts_at)
    return {
        "technician": booking.technician_id,
        "day": start.date(),
        "start": f"{start:%H:%M}",
        "hours": _hours(booking.ends_at - booking.starts_at),
        "confirm": Job(booking.job).confirms,
    }


def _hours(length: timedelta) -> Decimal:
    return round(Decimal(length.total_seconds()) / 3600, 2)


def _context(request: HttpRequest, job: Job, form: BookingForm) -> dict[str, Any]:
    form.tell(recipient(job.record))
    return {
        "job": job,
        "form": form,
        "recipient": recipient(job.record),
        "visits": actions.visits_of(job.record),
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }


def _detail(request: HttpRequest, booking: Assignment, form: BookingForm) -> dict[str, Any]:
    about = Overbooking.objects.filter(assignment=booking) | Overbooking.objects.filter(over=booking)
    job = booking.job
    return _context(request, Job(job), form) | {
        "booking": booking,
        "version": booking.version,
        "appointment": actions.appointment_seen(booking),
        "change": ChangeRequest.objects.for_user(request.user)
        .to_decide()
        .filter(appointment__assignment=booking)
        .first(),
        "step": PlanStep.objects.for_user(request.user).waiting().filter(assignment=booking).last(),
        "overbookings": about.select_related(
            "by", "assignment__work_order", "assignment__request", "over__work_order", "over__request"
        ),
        "reason_form": ReasonForm(auto_id="reason-%s"),
        "week_url": week_url(booking.starts_at),
        "beside_url": _beside(booking),
        "too_few": booking.active and too_few(booking),
        "movable": booking.active and booking.movable(clock.now()),
    }


def _beside(booking: Assignment) -> str:
    """Where a colleague is booked for the same job at the same time."""
    query = {"job": Job(booking.job).key, "beside": booking.pk}
    return f"{reverse('planning:assignment_place')}?{urlencode(query)}"


def _moved(
    request: HttpRequest,
    moved: MovedMeanwhile,
    form: BookingForm | None = None,
    reason: ReasonForm | None = None,
) -> HttpResponse:
    """How the visit is now, beside what was asked of it: to be asked again by whoever has seen that."""
    booking = get_object_or_404(Assignment.objects.for_user(request.user).with_job(), pk=moved.current.pk)
    shown = form or BookingForm(user=request.user, booking=booking, initial=_now(booking))
    context = _detail(request, booking, shown) | {"moved": moved, "asked": form and _asked(form)}
    if reason is not None:
        context["reason_form"] = reason
    return render(request, "planning/assignment_detail.html", context, status=409)


def _asked(form: BookingForm) -> str:
    """What the planner wanted, in words."""
    words = {
        "technician": form.cleaned_data["technician"],
        "day": formats.day(form.begins),
        "time": formats.period(form.begins, form.ends),
    }
    return _("%(technician)s, %(day)s %(time)s") % words


def _objections(job: Job, form: BookingForm, pk: int | None) -> dict[str, Any]:
    """Everything that stands against the booking, so that the planner sees it at once and can accept exactly that."""
    technician, start, end = form.cleaned_data["technician"], form.begins, form.ends
    form.fields["reason"].required = True
    odd = booking_warnings(job=job.record, technician=technician, start=start, end=end)
    return {
        "clashes": clashes(technician=technician, start=start, end=end, besides=pk),
        "warnings": [(code, WARNINGS[code]) for code in odd],
        "needs_reason": True,
    }


def _placed(booking: Assignment) -> str:
    return _("%(job)s: %(technician)s, %(day)s %(time)s.") % {
        "job": booking.job,
        "technician": booking.technician,
        "day": formats.day(booking.starts_at),
        "time": formats.period(booking.starts_at, booking.ends_at),
    }


def _next(request: HttpRequest, booking: Assignment) -> str:
    given = request.POST.get("next", "")
    if given and url_has_allowed_host_and_scheme(given, allowed_hosts={request.get_host()}):
        return given
    return week_url(booking.starts_at)
