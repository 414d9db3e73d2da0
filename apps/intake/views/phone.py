"""The intake visit on the technician's phone. Plain posts, each harmless when it is sent again."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.idempotency import act_of
from apps.core.web import requires
from apps.intake import actions
from apps.intake.actions.reports import report_missing
from apps.intake.forms.reports import EstimateForm, NoAccessForm, ReportForm
from apps.intake.models import IntakePhoto, IntakeReport, Request
from apps.intake.pages import photos_take, shown
from apps.intake.states import MISSING_LABELS
from apps.materials.models import Material
from apps.messaging.models import Notice

FOUND = 25


def while_theirs(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Who was told that the visit is on their plan, or wrote in its report, reads what became of it, and keeps what they typed."""

    @wraps(view)
    def guarded(request: HttpRequest, pk: int, **more: Any) -> HttpResponse:
        try:
            return view(request, pk, **more)
        except Http404:
            if Request.objects.for_user(request.user).filter(pk=pk).exists() or not was_theirs(
                request.user, pk
            ):
                raise
            typed = [one for name in TYPED if (one := request.POST.get(name, "").strip())]
            return render(request, "intake/phone_gone.html", {"typed": typed}, status=410)

    return guarded


# What a person wrote in a form of the visit.
TYPED = ("note", "reason", "hours", "quantity")


def was_theirs(user: Any, pk: int) -> bool:
    told = Notice.objects.filter(user=user, url=reverse("phone-intake:report", args=[pk]))
    return told.exists() or IntakeReport.objects.filter(request=pk, technician__user=user).exists()


def _asked(request: HttpRequest, pk: int) -> Request:
    rows = Request.objects.for_user(request.user).select_related("customer", "contact", "site", "type")
    return get_object_or_404(rows, pk=pk)


def _report(asked: Request) -> IntakeReport | None:
    return IntakeReport.objects.filter(request=asked).first()


def _context(asked: Request, form: ReportForm | None = None) -> dict[str, Any]:
    report = _report(asked)
    blank = IntakeReport(urgency=asked.urgency)
    missing = report_missing(report)
    return {
        "asked": asked,
        "report": report,
        "form": form or ReportForm(instance=report or blank),
        "request_photos": shown(asked.photos.select_related("file"), "phone-intake:request_photo", asked),
        "photos": shown(
            report.photos.select_related("file").order_by("pk"), "phone-intake:report_photo", asked
        )
        if report
        else [],
        "materials": report.materials.select_related("material").order_by("material__name__by_name")
        if report
        else [],
        "missing": [{"part": part, "label": MISSING_LABELS[part]} for part in missing],
    }


@requires("record_work")
@require_GET
@while_theirs
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The visit: where, what is asked, and the report as far as it is written."""
    context = _context(_asked(request, pk))
    context["asks_missing"] = "missing" in request.GET and bool(context["missing"])
    return render(request, "intake/phone_report.html", context)


@requires("record_work")
@require_POST
@while_theirs
def report_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the draft; with `hand_in`, hand it in as well, if nothing is missing."""
    asked = _asked(request, pk)
    form = ReportForm(request.POST, instance=_report(asked) or IntakeReport(urgency=asked.urgency))
    if not form.is_valid():
        return render(request, "intake/phone_report.html", _context(asked, form), status=422)
    report = actions.report_save(request=asked, by=request.user, **form.cleaned_data)
    if "hand_in" not in request.POST:
        messages.success(request, _("The draft is saved."))
        return redirect("phone-intake:report", pk)
    if report_missing(report):
        messages.warning(request, _("Saved as a draft: something is still missing."))
        answer = redirect("phone-intake:report", pk)
        answer["Location"] += "?missing=1"
        return answer
    actions.report_hand_in(request=asked, by=request.user)
    messages.success(request, _("Handed in. The office goes on with it."))
    return redirect("phone-intake:report", pk)


@requires("record_work")
@require_POST
@while_theirs
def photo_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Photos of the situation."""
    asked = _asked(request, pk)
    files, faults = photos_take(request, "photos", by=request.user)
    key = act_of(request).hex
    for number, file in enumerate(files):
        actions.report_photo_add(request=asked, by=request.user, file=file, key=f"{asked.pk}-{key}-{number}")
    for sentence in faults:
        messages.error(request, sentence)
    if not files and not faults:
        messages.warning(request, _("Choose or take a photo first."))
    answer = redirect("phone-intake:report", pk)
    answer["Location"] += "#photos"
    return answer


@requires("record_work")
@require_POST
@while_theirs
def photo_remove(request: HttpRequest, pk: int, photo: int) -> HttpResponse:
    asked = _asked(request, pk)
    row = get_object_or_404(IntakePhoto, pk=photo, report__request=asked)
    actions.report_photo_remove(request=asked, by=request.user, photo=row)
    answer = redirect("phone-intake:report", pk)
    answer["Location"] += "#photos"
    return answer


@requires("record_work")
@require_GET
@while_theirs
def materials(request: HttpRequest, pk: int) -> HttpResponse:
    """Search the catalogue for what the work will need. No price is near this page."""
    return render(request, "intake/phone_materials.html", _materials(request, _asked(request, pk)))


def _materials(request: HttpRequest, asked: Request, **more: Any) -> dict[str, Any]:
    text = request.GET.get("q", "").replace("\x00", "")[:80]
    chosen = {}
    if (report := _report(asked)) is not None:
        rows = report.materials.select_related("material").order_by("material__name__by_name")
        chosen = {row.material_id: row for row in rows}
    catalogue = Material.objects.for_user(request.user).active().select_related("category")
    found = catalogue.found(text, "name", most=FOUND)
    return {
        "asked": asked,
        "text": text,
        "found": [{"material": one, "estimate": chosen.get(one.pk)} for one in found],
        "chosen": chosen.values(),
    } | more


@requires("record_work")
@require_POST
@while_theirs
def estimate_set(request: HttpRequest, pk: int, material: int) -> HttpResponse:
    asked = _asked(request, pk)
    report = _report(asked)
    listed = [one.material_id for one in report.materials.all()] if report else []
    known = Material.objects.for_user(request.user) | Material.objects.filter(pk__in=listed)
    row = get_object_or_404(known, pk=material)
    form = EstimateForm(request.POST, material=row)
    if not form.is_valid():
        context = _materials(
            request, asked, form=form, wrong=row, typed=request.POST.get("quantity", "")[:20]
        )
        return render(request, "intake/phone_materials.html", context, status=422)
    actions.estimate_set(request=asked, by=request.user, material=row, quantity=form.cleaned_data["quantity"])
    messages.success(request, _("%(material)s is on the list.") % {"material": row})
    return redirect("phone-intake:materials", pk)


@requires("record_work")
@require_POST
@while_theirs
def estimate_remove(request: HttpRequest, pk: int, material: int) -> HttpResponse:
    asked = _asked(request, pk)
    row = get_object_or_404(Material, pk=material)
    actions.estimate_remove(request=asked, by=request.user, material=row)
    return redirect("phone-intake:materials", pk)


@requires("record_work")
@require_http_methods(["GET", "POST"])
@while_theirs
def request_miss(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody there: the reason, and a photo of the door if there is one."""
    asked = _asked(request, pk)
    form = NoAccessForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        files, faults = photos_take(request, "photos", by=request.user, most=1)
        if not faults:
            actions.request_miss(
                request=asked,
                by=request.user,
                reason=form.cleaned_data["reason"],
                photo=files[0] if files else None,
            )
            messages.success(request, _("The office plans a new appointment."))
            return redirect("phone-intake:report", pk)
        for sentence in faults:
            form.add_error(None, sentence)
    context = {"asked": asked, "form": form}
    return render(
        request, "intake/phone_no_access.html", context, status=422 if request.method == "POST" else 200
    )
