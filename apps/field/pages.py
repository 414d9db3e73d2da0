"""What the phone's views share: whose job it is, and turning a form post into an event."""

import uuid
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from apps.core.idempotency import FIELD, act_of, key_is_about, key_read
from apps.core.keeping import kept
from apps.core.outbox import act_read, is_sent_later
from apps.core.refusals import Refused
from apps.core.web import requires
from apps.documents.models import StoredFile
from apps.documents.photos import photo_store
from apps.field import actions
from apps.field.evidence import with_facts
from apps.field.models import EventState, FieldEvent, Visit
from apps.field.rules import FITS
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
        return view(request, assignment, visit_of(assignment), **kwargs)

    return kept(requires("record_work")(guarded))


def event_post(
    request: HttpRequest,
    assignment: Assignment,
    kind: str,
    payload: dict[str, Any] | None = None,
    *,
    file: StoredFile | None = None,
    part: str = "",
) -> FieldEvent:
    """Record what a form says: one event, however often it is sent. `part` tells the events of one form apart. Says so when the office has to decide."""
    sent = act_read(request)
    base = sent.id if sent else act_of(request)
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
    )
    if event.state == EventState.TO_DECIDE:
        messages.warning(
            request,
            _("“%(what)s” is kept, and the office decides about it: %(why)s")
            % {"what": event.kind_label, "why": event.why_sentence},
        )
    return event


def photos_post(
    request: HttpRequest, assignment: Assignment, kind: str, photos: Iterable[UploadedFile]
) -> None:
    """An event per photo. Raises Refused for a file that is no photo; then none is an event."""
    files = [photo_store(raw=one.read(), name=one.name or "photo", by=request.user) for one in photos]
    for number, file in enumerate(files):
        event_post(request, assignment, kind, file=file, part=f"photo-{number}")


def first_photo(request: HttpRequest, form: Any, name: str = "photos") -> StoredFile | None:
    """The form's photo, kept; a file that is none is said at the field. Check `form.errors` afterwards."""
    photos = form.cleaned_data.get(name) or []
    try:
        return (
            photo_store(raw=photos[0].read(), name=photos[0].name or "photo", by=request.user)
            if photos
            else None
        )
    except Refused as refused:
        form.add_error(name, str(refused))
        return None


def own_or_404(request: HttpRequest, visit: Visit, parts: str, pk: int) -> None:
    """Raises Http404 for a part that the visit does not have. What the phone sends later is kept all the same."""
    known = visit.pk and getattr(visit, parts).filter(pk=pk).exists()
    if not known and not is_sent_later(request):
        raise Http404


def back_to_job(assignment: Assignment, page: str = "job") -> HttpResponse:
    """To the job, or to another page of it; to what there is to do today once the job is not theirs to read."""
    if not assignment.is_theirs:  # type: ignore[attr-defined]
        return redirect("phone:today")
    return redirect(f"phone:{page}", assignment.pk)


def page(
    request: HttpRequest, template: str, assignment: Assignment, visit: Visit, form: Any = None, **more: Any
) -> HttpResponse:
    """The page of a step; 422 when the form on it was sent and is wrong."""
    context = {
        "assignment": assignment,
        "order": assignment.work_order,
        "visit": visit,
        "form": form,
        "open": visit.status in FITS["answer"],
    } | more
    wrong = request.method == "POST" and form is not None and bool(form.errors)
    return render(request, template, context, status=422 if wrong else 200)
