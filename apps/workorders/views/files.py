"""The work order on paper, and the documents that belong to it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.company.models import Company
from apps.core.web import PDF, made_file, requires
from apps.documents.rendering import pdf_render
from apps.documents.web import file_response
from apps.workorders import actions
from apps.workorders.forms import FileForm
from apps.workorders.models import WorkOrder, WorkOrderFile


@require_GET
def work_order_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The work order without prices, for whoever may see or execute it."""
    order = get_object_or_404(WorkOrder.objects.for_user(request.user).for_detail(), pk=pk)
    version = order.job_form_version
    context = {
        "order": order,
        "letterhead": Company.objects.select_related("logo").row(),
        "visits": order.visits_planned,  # type: ignore[attr-defined]
        "to_bring": order.to_bring.all(),
        "fields": version.fields.all() if version else [],
    }
    content = pdf_render("documents/work_order.html", context, language=order.customer.language)
    return made_file(content, f"{order.number}.pdf", PDF)


@require_GET
def work_order_file(request: HttpRequest, pk: int, file_pk: int) -> HttpResponseBase:
    """A document of the job, for whoever may see or execute it."""
    order = get_object_or_404(WorkOrder.objects.for_user(request.user), pk=pk)
    files = WorkOrderFile.objects.for_user(request.user).select_related("file")
    kept = get_object_or_404(files, pk=file_pk, work_order=order)
    return file_response(kept.file)


@requires("manage_work_orders")
@require_POST
def work_order_file_add(request: HttpRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(WorkOrder.objects.for_user(request.user), pk=pk)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        context = {"order": order, "form": form}
        return render(request, "workorders/work_order_file_add.html", context, status=422)
    sent = form.cleaned_data["file"]
    actions.work_order_file_add(
        work_order=order,
        content=sent.read(),
        name=sent.name,
        content_type=sent.content_type or "application/octet-stream",
        by=request.user,
        for_technician=form.cleaned_data["for_technician"],
    )
    messages.success(request, _("%(name)s is added.") % {"name": sent.name})
    return redirect("workorders:work_order_detail", pk)


@requires("manage_work_orders")
@require_POST
def work_order_file_share(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """The technicians of the job see the document, or no longer: `shared` says which."""
    order = get_object_or_404(WorkOrder.objects.for_user(request.user), pk=pk)
    files = WorkOrderFile.objects.for_user(request.user).select_related("file", "work_order")
    kept = get_object_or_404(files, pk=file_pk, work_order=order)
    actions.work_order_file_share(file=kept, by=request.user, shared=request.POST.get("shared") == "yes")
    return redirect("workorders:work_order_detail", pk)


@requires("manage_work_orders")
@require_POST
def work_order_file_remove(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    order = get_object_or_404(WorkOrder.objects.for_user(request.user), pk=pk)
    kept = get_object_or_404(
        WorkOrderFile.objects.select_related("file", "work_order"), pk=file_pk, work_order=order
    )
    actions.work_order_file_remove(file=kept, by=request.user)
    messages.success(request, _("%(name)s is removed.") % {"name": kept.file.name})
    return redirect("workorders:work_order_detail", pk)
