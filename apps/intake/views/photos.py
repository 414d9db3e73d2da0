"""Photos: taking them in, and showing them to whoever may see the record."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from apps.core.web import requires
from apps.documents.web import file_response
from apps.intake.models import Request


def _request_photo(request: HttpRequest, pk: int, photo: int) -> HttpResponseBase:
    record = get_object_or_404(Request.objects.for_user(request.user), pk=pk)
    return _serve(request, record.photos.filter(pk=photo))


def _report_photo(request: HttpRequest, pk: int, photo: int) -> HttpResponseBase:
    record = get_object_or_404(Request.objects.for_user(request.user).filter(report__isnull=False), pk=pk)
    return _serve(request, record.report.photos.filter(pk=photo))


def _serve(request: HttpRequest, rows: Any) -> HttpResponseBase:
    row = get_object_or_404(rows.select_related("file"))
    return file_response(row.file, thumbnail=request.GET.get("size") == "small")


# One address for the office and one for the phone: which shell somebody works in decides what they may open.
request_photo = requires("see_office")(require_GET(_request_photo))
report_photo = requires("see_office")(require_GET(_report_photo))
phone_request_photo = requires("record_work")(require_GET(_request_photo))
phone_report_photo = requires("record_work")(require_GET(_report_photo))
