"""The steps of a job that are filled in: photos, checklist, text, materials, extra work, issue."""

from datetime import datetime
from typing import Any

from django.db.models import Case, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.numbers import pk_read
from apps.core.outbox import is_sent_later
from apps.core.refusals import Refused
from apps.documents.models import StoredFile
from apps.field import forms
from apps.field.events import fits
from apps.field.evidence import answers_of
from apps.field.models import PhotoKind, TimeEntry, Visit, VisitPhoto
from apps.field.pages import (
    back_to_job,
    event_post,
    file_take,
    first_photo,
    for_job,
    given,
    order_of,
    own_or_404,
    page,
    photos_post,
    photos_take,
    typed,
    usual_parts,
)
from apps.materials.models import Category, Material
from apps.planning.models import Assignment
from apps.workorders.models import JobFormField

FOUND_MATERIALS = 20
MOST_LIKELY = 1_000_000  # what is to be brought stands before what is used most


# -- photos ------------------------------------------------------------------------------


@for_job
@require_http_methods(["GET", "POST"])
def before_photo(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    return _photo_step(request, assignment, visit, PhotoKind.BEFORE, "before_photo")


@for_job
@require_http_methods(["GET", "POST"])
def after_photo(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    return _photo_step(request, assignment, visit, PhotoKind.AFTER, "after_photo")


def _photo_step(
    request: HttpRequest, assignment: Assignment, visit: Visit, kind: PhotoKind, event: str
) -> HttpResponse:
    form = forms.PhotoForm(request.POST or None, request.FILES or None)
    if given(request, form) is not None:
        try:
            photos_post(request, assignment, event)
        except Refused as refused:
            form.add_error("photos", str(refused))
        else:
            return back_to_job(assignment, at=event)
    taken = VisitPhoto.objects.filter(visit__work_order=assignment.work_order_id, kind=kind).select_related(
        "visit__technician__user"
    )
    return page(
        request, "field/photo.html", assignment, visit, form, kind=kind, photos=taken,
        open=fits(event, visit.status),
    )  # fmt: skip


# -- checklist ----------------------------------------------------------------------------


@for_job
@require_http_methods(["GET", "POST"])
def checklist(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    order = order_of(assignment)
    questions = list(JobFormField.objects.filter(version=order.job_form_version_id))
    if not questions and not is_sent_later(request):
        raise Http404
    form = forms.ChecklistForm(questions, answers_of(order), request.POST or None, request.FILES or None)
    if given(request, form) is not None:
        answers_given = _answers(request, form)
        if not form.errors or is_sent_later(request):
            for question, value, file, unfit in answers_given:
                payload = {"field": question, "value": value}
                if about := form.cleaned_data.get(f"about_question_{question}"):
                    payload["about"] = about
                event_post(
                    request, assignment, "answer", payload, file=file, unfit=unfit, part=f"field-{question}"
                )
            return back_to_job(assignment, at="checklist")
    return page(request, "field/checklist.html", assignment, visit, form)


def _answers(request: HttpRequest, form: Any) -> list[tuple[int, Any, StoredFile | None, str]]:
    """What was answered: the question, the answer, its photo, and what is wrong with that. With what was not understood,
    and answers to questions that this job does not have any more, when the page is gone."""
    found: list[tuple[int, Any, StoredFile | None, str]] = []
    for question, value, photo in form.changes:
        try:
            file, unfit = file_take(request, photo) if photo is not None else (None, "")
        except Refused as refused:
            form.add_error(f"question_{question.pk}", str(refused))
        else:
            found.append((question.pk, value, file, unfit))
    if is_sent_later(request):
        asked = {f"question_{one.pk}" for one in form.questions}
        for name, value in request.POST.items():
            pk = pk_read(name.removeprefix("question_")) if name.startswith("question_") else None
            if pk is None or forms.is_as_shown(request.POST, name):
                continue
            if name in form.errors or (name not in asked and value):
                found.append((pk, value, None, ""))
    return found


# -- text ---------------------------------------------------------------------------------


@for_job
@require_http_methods(["GET", "POST"])
def work_done(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    form = forms.WorkDoneForm(request.POST or None, initial={"text": visit.work_done})
    if (said := given(request, form)) is not None:
        event_post(request, assignment, "work_done", {"text": said["text"]})
        return back_to_job(assignment, at="work_done")
    return page(request, "field/work_done.html", assignment, visit, form)


# -- materials -----------------------------------------------------------------------------


@for_job
@require_http_methods(["GET", "POST"])
def material_list(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    """The materials used, and the catalogue to add from."""
    order = order_of(assignment)
    to_bring = order.to_bring.filter(material__isnull=False).values_list("material", "quantity")
    form = forms.MaterialForm(
        request.POST or None, to_bring=dict(to_bring) if request.method == "POST" else {}
    )
    if (said := given(request, form)) is not None:
        payload = {"material": said["material"], "quantity": typed(said["quantity"])}
        event_post(request, assignment, "material", payload)
        return back_to_job(assignment, "material_list")
    query = (request.GET.get("q") or request.POST.get("q") or "").replace("\x00", "").strip()[:80]
    category = pk_read(request.GET.get("category") or request.POST.get("category"))
    chosen = pk_read(form["material"].value()) if form.is_bound else None
    return page(
        request, "field/material_list.html", assignment, visit, form, q=query, category=category,
        categories=Category.objects.all(),
        used=visit.materials.select_related("material") if visit.pk else [],
        extras=visit.extra_work.all() if visit.pk else [],
        found=_offered(assignment, query, category, chosen), chosen=chosen,
    )  # fmt: skip


@for_job
@require_http_methods(["GET", "POST"])
def material_other(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    """A part that is not in the catalogue, in words."""
    form = forms.OtherMaterialForm(
        request.POST or None, request.FILES or None, initial={"description": request.GET.get("q", "")[:200]}
    )
    if (said := given(request, form)) is not None:
        file, unfit = first_photo(request, form)
        if not form.errors or is_sent_later(request):
            payload = {name: said[name] for name in ("description", "unit")}
            payload["quantity"] = typed(said["quantity"])
            event_post(request, assignment, "material_other", payload, file=file, unfit=unfit)
            return back_to_job(assignment, "material_list")
    return page(request, "field/material_other.html", assignment, visit, form)


def _offered(assignment: Assignment, query: str, category: int | None, chosen: int | None) -> list[Material]:
    """What is searched for, or else what this job and this van are likely to need: to bring, then what is used most."""
    order = order_of(assignment)
    to_bring = list(order.to_bring.filter(material__isnull=False).values_list("material", flat=True))
    usual = usual_parts(assignment.technician)
    found = Material.objects.for_job(order).search(query)
    if category is not None:
        found = found.filter(category=category)
    elif not query:
        found = found.filter(pk__in=[*to_bring, *usual, *([] if chosen is None else [chosen])])
    likely = usual | dict.fromkeys(to_bring, MOST_LIKELY)
    first = [Case(*[When(pk=pk, then=Value(-n)) for pk, n in likely.items()], default=Value(0))]
    return list(found.order_by(*(first if likely else []), "name__by_name", "id")[:FOUND_MATERIALS])


@for_job
@require_POST
def no_materials(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    event_post(request, assignment, "no_materials")
    return back_to_job(assignment, at="materials")


@for_job
@require_POST
def material_remove(request: HttpRequest, assignment: Assignment, visit: Visit, usage: int) -> HttpResponse:
    own_or_404(request, visit, "materials", usage)
    event_post(request, assignment, "material_remove", {"usage": usage})
    return back_to_job(assignment, "material_list")


@for_job
@require_POST
def material_extra(request: HttpRequest, assignment: Assignment, visit: Visit, usage: int) -> HttpResponse:
    """The part was used for this extra work, or for none."""
    own_or_404(request, visit, "materials", usage)
    extra = pk_read(request.POST.get("extra_work"))
    event_post(request, assignment, "material_extra", {"usage": usage, "extra_work": extra or ""})
    return back_to_job(assignment, "material_list")


# -- extra work and issues --------------------------------------------------------------------


@for_job
@require_http_methods(["GET", "POST"])
def extra_work(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    form = forms.ExtraWorkForm(request.POST or None)
    if (said := given(request, form)) is not None:
        payload = {"description": said["description"], "hours": typed(said["hours"]) or "0"}
        event_post(request, assignment, "extra_work", payload)
        return back_to_job(assignment, "extra_work")
    rows = visit.extra_work.all() if visit.pk else []
    return page(request, "field/extra_work.html", assignment, visit, form, rows=rows)


@for_job
@require_POST
def no_extra_work(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    event_post(request, assignment, "no_extra_work")
    return back_to_job(assignment, at="extra_work")


@for_job
@require_POST
def extra_work_remove(
    request: HttpRequest, assignment: Assignment, visit: Visit, extra_work: int
) -> HttpResponse:
    own_or_404(request, visit, "extra_work", extra_work)
    event_post(request, assignment, "extra_work_remove", {"extra_work": extra_work})
    return back_to_job(assignment, "extra_work")


@for_job
@require_http_methods(["GET", "POST"])
def issue(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    form = forms.IssueForm(request.POST or None, request.FILES or None)
    if (said := given(request, form)) is not None:
        photos = photos_take(request, form)
        if not form.errors or is_sent_later(request):
            payload = {"text": said["text"], "blocks": said["blocks"]}
            file, unfit = photos[0] if photos else (None, "")
            event_post(request, assignment, "deviation", payload, file=file, unfit=unfit)
            for number, (more, bad) in enumerate(photos[1:], 1):
                event_post(request, assignment, "issue_photo", file=more, unfit=bad, part=f"photo-{number}")
            return back_to_job(assignment, at="issue")
    rows = visit.deviations.all() if visit.pk else []
    return page(request, "field/issue.html", assignment, visit, form, rows=rows)


@for_job
@require_POST
def no_deviation(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    event_post(request, assignment, "no_deviation")
    return back_to_job(assignment, at="issue")


# -- the clock ---------------------------------------------------------------------------------


def _stretch_asked(request: HttpRequest, visit: Visit) -> TimeEntry | None:
    """The stretch that the page or its form names; else the one that nobody explained yet."""
    named = pk_read(request.POST.get("entry") or request.GET.get("entry"))
    if named is not None:
        return visit.time_entries.filter(pk=named, ended_at__isnull=False).first()
    return visit.time_entries.to_explain().first()


@for_job
@require_http_methods(["GET", "POST"])
def time_proposal(request: HttpRequest, assignment: Assignment, visit: Visit) -> HttpResponse:
    """The clock ran for longer than a working day: when did the work end? What was recorded stays; the office sees both.

    That the clock is right is an answer too: the end that was recorded.
    """
    entry = _stretch_asked(request, visit) if visit.pk else None
    if entry is None:
        if is_sent_later(request):
            late = {name: request.POST.get(name, "") for name in ("ended_at", "reason")}
            event_post(request, assignment, "time_proposal", late | {"entry": request.POST.get("right", "")})
        return back_to_job(assignment)
    right = request.POST.get("right") == str(entry.pk)
    form = forms.TimeProposalForm(None if right else request.POST or None, entry=entry)
    said = None if right else given(request, form)
    if right or said is not None:
        end: Any = said["ended_at"] if said else entry.ended_at
        reason = said["reason"] if said else _("The clock is right.")
        payload = {
            "entry": entry.pk,
            "ended_at": end.isoformat() if isinstance(end, datetime) else end,
            "reason": reason,
        }
        event_post(request, assignment, "time_proposal", payload)
        return back_to_job(assignment)
    return page(request, "field/time_proposal.html", assignment, visit, form, entry=entry, open=True)
