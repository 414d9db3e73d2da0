"""Composing job forms."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.editing import Edit, edits
from apps.core.more_rows import not_judged, rows_of
from apps.core.web import requires
from apps.workorders import actions
from apps.workorders.forms import FieldFormSet, JobFormForm
from apps.workorders.models import JobForm, JobFormVersion


@requires("manage_forms")
@require_GET
def job_form_list(request: HttpRequest) -> HttpResponse:
    forms = JobForm.objects.select_related("request_type").annotate(
        newest=Max("versions__number"), published=Max("versions__published_at")
    )
    return render(
        request, "workorders/job_form_list.html", {"forms": forms.order_by("-active", "name__by_name")}
    )


@requires("manage_forms")
@require_GET
def job_form_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The form as it is filled in, in the version that `?version=` asks for or the newest."""
    form = get_object_or_404(JobForm.objects.select_related("request_type"), pk=pk)
    versions = list(form.versions.annotate(count=Count("fields")).order_by("-number"))
    asked = request.GET.get("version", "")
    chosen = next((one for one in versions if str(one.number) == asked), versions[0] if versions else None)
    context = {
        "job_form": form,
        "versions": versions,
        "chosen": chosen,
        "fields": chosen.fields.all() if chosen else [],
    }
    return render(request, "workorders/job_form_detail.html", context)


@requires("manage_forms")
@require_http_methods(["GET", "POST"])
def job_form_create(request: HttpRequest) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    rows = rows_of(FieldFormSet, request, data, prefix="fields")
    form = JobFormForm(data)
    if rows.is_growing:
        not_judged(form)
    elif data and form.is_valid() and rows.is_valid():
        made = actions.job_form_create(
            name=form.cleaned_data["name"],
            request_type=form.cleaned_data["request_type"],
            fields=rows.drafts(),
            by=request.user,
        )
        messages.success(request, _("The form “%(name)s” is published.") % {"name": made.name})
        return redirect("workorders:job_form_detail", made.pk)
    return _compose(request, "workorders/job_form_create.html", {"form": form, "rows": rows})


@requires("manage_forms")
@require_http_methods(["GET", "POST"])
@edits
def job_form_change(request: HttpRequest, pk: int) -> HttpResponse:
    job_form = get_object_or_404(JobForm, pk=pk)
    edit = Edit(request, job_form, JobFormForm(instance=job_form))
    form = JobFormForm(edit.data, instance=job_form)
    if edit.saves and form.is_valid():
        actions.job_form_change(form=job_form, by=request.user, version=edit.version, **form.cleaned_data)
        messages.success(request, _("“%(name)s” is changed.") % {"name": job_form.name})
        return redirect("workorders:job_form_detail", pk)
    status = 422 if request.method == "POST" else 200
    context = {"job_form": job_form, "form": form, "edit": edit}
    return render(request, "workorders/job_form_change.html", context, status=status)


@requires("manage_forms")
@require_http_methods(["GET", "POST"])
@edits
def job_form_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Compose the next version, beginning with the present one."""
    job_form = get_object_or_404(JobForm, pk=pk)
    newest = job_form.versions.order_by("-number").first()
    composed = _composed(newest)
    edit = Edit(request, job_form, FieldFormSet(prefix="fields", initial=composed))
    rows = rows_of(FieldFormSet, request, edit.data, prefix="fields", initial=composed)
    if edit.saves and not rows.is_growing and rows.is_valid():
        version = actions.job_form_publish(
            form=job_form, fields=rows.drafts(), by=request.user, seen=edit.version
        )
        messages.success(request, _("Version %(number)s is published.") % {"number": version.number})
        return redirect("workorders:job_form_detail", pk)
    context = {"job_form": job_form, "rows": rows, "newest": newest, "edit": edit}
    return _compose(request, "workorders/job_form_publish.html", context)


def _compose(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page on which the questions are composed; after another row was asked for nothing is wrong, or done."""
    grows = context["rows"].is_growing
    status = 422 if request.method == "POST" and not grows else 200
    response = render(request, template, context, status=status)
    response.shown_again = grows  # type: ignore[attr-defined]
    return response


def _composed(version: JobFormVersion | None) -> list[dict[str, Any]]:
    if version is None:
        return []
    return [
        {
            "position": one.position,
            "section": one.section,
            "label": one.label,
            "kind": one.kind,
            "unit": one.unit,
            "minimum": one.minimum,
            "maximum": one.maximum,
            "options": ", ".join(one.options),
            "required": one.required,
        }
        for one in version.fields.all()
    ]
