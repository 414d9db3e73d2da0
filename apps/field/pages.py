"""What the phone's views share: whose job it is, and turning a form post into an event."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from apps.company.models import Company
from apps.core import clock
from apps.core.idempotency import FIELD, act_of, key_is_about, key_read
from apps.core.keeping import kept
from apps.core.outbox import HOLDS, act_read, holds_read, is_sent, is_sent_later
from apps.core.refusals import Refused
from apps.core.web import requires
from apps.documents.actions import file_store
from apps.documents.models import StoredFile
from apps.documents.photos import photo_store
from apps.field import actions
from apps.field.events import EVENTS, fits
from apps.field.evidence import with_facts
from apps.field.models import EventState, FieldEvent, MaterialUsage, Visit
from apps.field.rules import BEGUN, USUAL_FOR, plain
from apps.planning.models import Assignment
from apps.technicians.models import Technician
from apps.workorders.models import WorkOrder

View = Callable[..., HttpResponseBase]


def for_technicians(view: View) -> View:
    """The page is of somebody on the plan. Who may use the phone and is not there yet is told so."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not Technician.objects.filter(user=request.user).exists():
            return render(request, "field/no_technician.html")
        return view(request, *args, **kwargs)

    return guarded


def technician_of(request: HttpRequest) -> Technician:
    """The technician who is logged in; whoever is none has no phone pages."""
    technician = Technician.objects.filter(user=request.user).first()
    if technician is None:
        raise Http404
    technician.user = request.user  # type: ignore[assignment]
    return technician


def visits_of(user: Any) -> Prefetch:
    """One's own visits, with what their steps depend on."""
    own = with_facts(Visit.objects.filter(technician__user=user))
    return Prefetch("visits", own, to_attr="own_visits")


def assignment_get(request: HttpRequest, pk: int) -> Assignment:
    """The user's own planned job. Also one that the office gave away: to read, once something was recorded there; and
    to send what was on its way, as the key of the form proves that it was shown to them when it was theirs."""
    recorded = Visit.objects.filter(assignment=OuterRef("pk"), technician__user=request.user)
    theirs = Q(technician__user=request.user, active=True) | Exists(recorded)
    found = (
        Assignment.objects.filter(work_order__isnull=False)
        .annotate(is_theirs=ExpressionWrapper(theirs, output_field=BooleanField()))
        .select_related(
            "technician__user", "work_order__customer", "work_order__site", "work_order__contact",
            "work_order__type", "work_order__equipment",
        )
        .prefetch_related(visits_of(request.user))
        .filter(pk=pk)
        .order_by("pk")
        .first()
    )  # fmt: skip
    if found is None or not (found.is_theirs or _was_shown(request, found)):
        raise Http404
    return found


def _was_shown(request: HttpRequest, assignment: Assignment) -> bool:
    """Whether this is a form of the job's own pages, given to this user: its key is checked and about the job."""
    if not hasattr(request, "claim"):
        return False
    return key_is_about(key_read(request.POST[FIELD]), assignment)


def order_of(assignment: Assignment) -> WorkOrder:
    """The work order of a job's page, which is never opened for an intake visit."""
    if assignment.work_order is None:
        raise Http404
    return assignment.work_order


def visit_of(assignment: Assignment) -> Visit:
    """The visit of whoever asked; one that is not stored yet when nothing was recorded."""
    own = assignment.own_visits  # type: ignore[attr-defined]
    if own:
        visit = own[0]
        visit.work_order, visit.technician, visit.assignment = (
            assignment.work_order,
            assignment.technician if visit.technician_id == assignment.technician_id else visit.technician,
            assignment,
        )
        return visit
    return Visit(assignment=assignment, technician=assignment.technician, work_order=assignment.work_order)


def for_job(view: View) -> View:
    """A page of one job: for technicians, with the assignment and the visit instead of a key."""

    @wraps(view)
    def guarded(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
        assignment = assignment_get(request, pk)
        response = view(request, assignment, visit_of(assignment), **kwargs)
        if is_sent(request) and response.status_code < 400:
            holds_keep(request, request.headers.get(HOLDS, ""))
        return response

    return kept(requires("record_work")(guarded))


def holds_keep(request: HttpRequest, said: str) -> None:
    """Keep what the phone says that it holds, if it says so."""
    if found := holds_read(request, said):
        actions.holdings_report(user=request.user, phone=found[0], held=found[1])


def event_id(request: HttpRequest) -> uuid.UUID:
    """Of what was done by this press: the phone's own, or the form's."""
    sent = act_read(request)
    return sent.id if sent else act_of(request)


def event_post(
    request: HttpRequest,
    assignment: Assignment | None,
    kind: str,
    payload: dict[str, Any] | None = None,
    *,
    file: StoredFile | None = None,
    part: str = "",
    unfit: str = "",
) -> FieldEvent:
    """Record what a form says: one event, however often it is sent. `part` tells the events of one form apart. Says so when the office has to decide and somebody is there; the job and its list of decisions say it as well."""
    sent = act_read(request)
    base = event_id(request)
    event = actions.event_record(
        user=request.user,
        id=uuid.uuid5(base, part) if part else base,
        kind=kind,
        assignment=assignment,
        payload=payload or {},
        file=file,
        occurred_at=sent.at if sent else None,
        skew_seconds=sent.skew_seconds if sent else 0,
        time_zone=sent.zone if sent else "",
        unfit=unfit,
    )
    if event.state == EventState.TO_DECIDE and not is_sent_later(request):
        messages.warning(
            request,
            _("“%(what)s” is kept, and the office decides about it: %(why)s")
            % {"what": event.kind_label, "why": event.why_sentence},
        )
    return event


def given(request: HttpRequest, form: Any) -> dict[str, Any] | None:
    """What was sent, by the names of the form's fields: as it was understood. None: its page is to be shown (again).

    What comes later than its page is taken as it was done, understood or not: the receipt book judges it.
    """
    if request.method != "POST":
        return None
    if form.is_valid():
        return dict(form.cleaned_data)
    if not is_sent_later(request):
        return None
    raw = {name: form.data.get(form.add_prefix(name), "") for name in form.fields}
    return raw | form.cleaned_data


def typed(value: Any) -> str:
    """A number as it is kept in an event; one that was not understood as it was typed."""
    return plain(value) if isinstance(value, Decimal) else str(value or "")


def photos_post(request: HttpRequest, assignment: Assignment, kind: str) -> None:
    """An event per photo. Raises Refused for a file that is no photo; then none is an event. One that comes later is
    kept for the office."""
    taken = [file_take(request, one) for one in request.FILES.getlist("photos")]
    for number, (file, unfit) in enumerate(taken):
        event_post(request, assignment, kind, file=file, unfit=unfit, part=f"photo-{number}")
    if not taken:
        event_post(request, assignment, kind)


def first_photo(request: HttpRequest, form: Any) -> tuple[StoredFile | None, str]:
    """The form's one photo, as `photos_take` gives it."""
    return next(iter(photos_take(request, form, most=1)), (None, ""))


def photos_take(request: HttpRequest, form: Any, most: int | None = None) -> list[tuple[StoredFile, str]]:
    """The form's photos, kept, and why one is none; that is said at the field. Check `form.errors` afterwards."""
    taken = []
    for one in request.FILES.getlist("photos")[:most]:
        try:
            taken.append(file_take(request, one))
        except Refused as refused:
            form.add_error("photos", str(refused))
    return taken


def file_take(request: HttpRequest, sent: UploadedFile) -> tuple[StoredFile, str]:
    """A photo that was sent, kept, and what is wrong with it. Raises Refused for what is none, while somebody is there."""
    raw, name = sent.read(), sent.name or "photo"
    language = Company.objects.language() if is_sent_later(request) else translation.get_language()
    try:
        with translation.override(language):  # of who reads what is wrong with it
            return photo_store(raw=raw, name=name, by=request.user), ""
    except Refused as refused:
        if not is_sent_later(request):
            raise
        return file_keep(request, raw, name), f"bad_file:{refused}"


def file_keep(request: HttpRequest, raw: bytes, name: str) -> StoredFile:
    """A file as it came, which nobody opens but to look what it is."""
    return file_store(content=raw, name=name, content_type="application/octet-stream", by=request.user)


def usual_parts(technician: Technician) -> dict[int, int]:
    """The parts that the technician used most of late, each with the number of jobs."""
    return MaterialUsage.objects.all().usual_of(technician, clock.now() - USUAL_FOR)


def own_or_404(request: HttpRequest, visit: Visit, parts: str, pk: int) -> None:
    """Raises Http404 for a part that the visit does not have. What the phone sends later is kept all the same."""
    known = visit.pk and getattr(visit, parts).filter(pk=pk).exists()
    if not known and not is_sent_later(request):
        raise Http404


def back_to_job(assignment: Assignment, page: str = "job", *, at: str = "") -> HttpResponse:
    """To the job, at the place of a step of it, or to another page of it; to what there is to do today once the job is
    not theirs to read."""
    if not assignment.is_theirs:  # type: ignore[attr-defined]
        return redirect("phone:today")
    return redirect(reverse(f"phone:{page}", args=[assignment.pk]) + (f"#step-{at}" if at else ""))


def stands_at(visit: Visit) -> str:
    is_held = visit.held_at is not None and fits("hold", visit.status)
    return _("On hold") if is_held else str(visit.get_status_display())


def nothing_changed(visit: Visit) -> str:
    """Why a press records nothing: how the visit stands by now."""
    return _("Nothing was changed: the visit already stands at “%(status)s”.") % {"status": stands_at(visit)}


def press(request: HttpRequest, assignment: Assignment, visit: Visit, kind: str) -> HttpResponse:
    """A button of the clock. One that was pressed on an old page tells how things stand now, and records nothing."""
    theirs = assignment.active and assignment.technician.user_id == request.user.pk
    leaves = kind == "stop" and not theirs  # whatever clock still runs at a job that was taken away
    if not fits(kind, visit.status) and not leaves and not is_sent_later(request):
        messages.info(request, nothing_changed(visit))
        return back_to_job(assignment)
    event_post(request, assignment, kind)
    if EVENTS[kind].ends and visit.pk and visit.time_entries.to_explain().exists():
        # after a forgotten night: when did the work end?
        return back_to_job(assignment, "time_proposal")
    return back_to_job(assignment)


def page(
    request: HttpRequest, template: str, assignment: Assignment, visit: Visit, form: Any = None, **more: Any
) -> HttpResponse:
    """The page of a step; 422 when the form on it was sent and is wrong."""
    context = {
        "assignment": assignment,
        "order": assignment.work_order,
        "visit": visit,
        "form": form,
        "stands": stands_at(visit),
        "open": visit.status in BEGUN,
    } | more
    wrong = request.method == "POST" and form is not None and bool(form.errors)
    return render(request, template, context, status=422 if wrong else 200)
