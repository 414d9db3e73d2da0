"""The work order on paper, and the documents that belong to it."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.company.models import Company
from apps.core.web import PDF, made_file, requires
from apps.documents.pages import attached_drop, attached_show, attached_take
from apps.documents.rendering import pdf_render
from apps.documents.web import file_response
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
    return file_response(_file_of(request, pk, file_pk).file)


@requires("manage_work_orders")
@require_POST
def work_order_file_add(request: HttpRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(WorkOrder.objects.for_user(request.user), pk=pk)
    return attached_take(request, order.files, back=_page_of(pk))


@requires("manage_work_orders")
@require_POST
def work_order_file_share(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    return attached_show(request, _file_of(request, pk, file_pk), back=_page_of(pk))


@requires("manage_work_orders")
@require_POST
def work_order_file_remove(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    return attached_drop(request, _file_of(request, pk, file_pk), back=_page_of(pk))


def _page_of(pk: int) -> str:
    return reverse("workorders:work_order_detail", args=[pk])


def _file_of(request: HttpRequest, pk: int, file_pk: int) -> WorkOrderFile:
    order = get_object_or_404(WorkOrder.objects.for_user(request.user), pk=pk)
    files = WorkOrderFile.objects.for_user(request.user).select_related("file", "work_order")
    return get_object_or_404(files, pk=file_pk, work_order=order)
