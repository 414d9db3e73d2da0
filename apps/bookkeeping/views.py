"""What is ready for the bookkeeper, making a package of it, and the packages that were made."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.bookkeeping import actions, rules
from apps.bookkeeping.content import sign
from apps.bookkeeping.forms import PackageForm
from apps.bookkeeping.lists import PackageList, package_rows
from apps.bookkeeping.models import Package, PackageRun, WaitingLine
from apps.bookkeeping.querysets import invoices_to_export
from apps.core import formats
from apps.core.refusals import Refused
from apps.core.web import requires
from apps.documents.web import file_response
from apps.invoicing.models import InvoiceDocument, InvoiceLine
from apps.workorders.models import WorkOrder

PREVIEWED = 200
# With more documents to make than this, the worker makes the package.
AT_ONCE = 20


@requires("export_package")
@require_safe
def package_list(request: HttpRequest) -> HttpResponse:
    """What a package would hold now, and the packages that were made."""
    page = PackageList(request, package_rows)
    if (export := page.export()) is not None:
        return export
    return render(request, "bookkeeping/package_list.html", _context(request, page))


def _context(request: HttpRequest, page: PackageList, form: PackageForm | None = None) -> dict[str, Any]:
    ready = invoices_to_export(request.user)
    sums, payments = WaitingLine.objects.for_user(request.user).sums()
    orders: dict[int, list[str]] = {}
    shown = list(ready.select_related("customer").defer("seller", "buyer", "note")[:PREVIEWED])
    described: dict[int, str] = {}
    for line in (
        InvoiceLine.objects.filter(invoice__in=[one.pk for one in shown])
        .values_list("invoice", "work_order__number", "work_order__title", "description")
        .order_by("invoice", "position")
    ):
        numbers = orders.setdefault(line[0], [])
        if line[1] and line[1] not in numbers:
            numbers.append(line[1])
        described.setdefault(line[0], line[2] or line[3])
    ticked = set(request.POST.getlist("invoices")) if form else {str(one.pk) for one in shown}
    for one in shown:
        one.is_ticked = str(one.pk) in ticked
        one.order_numbers = ", ".join(orders.get(one.pk, []))
        one.about = described.get(one.pk, "")
        one.signed_total = sign(one) * one.total
    last = Package.objects.for_user(request.user).order_by("-created_at", "-pk").first()
    counters = [
        {"label": _("Ready for export"), "value": sums.count, "url": "#ready", "tone": ""},
        {
            "label": _("Review required"),
            "value": WorkOrder.objects.for_user(request.user).ready_for_review().count(),
            "url": reverse("review:review_list"),
            "tone": "amber",
        },
        {"label": _("Export value"), "value": formats.money(sums.total), "url": "#ready", "tone": ""},
        {
            "label": _("Last export"),
            "value": formats.day(last.created_at) if last else "–",
            "url": reverse("bookkeeping:package_detail", args=[last.pk]) if last else "",
            "tone": "",
        },
    ]
    return {
        "page": page,
        "counters": counters,
        "waiting": shown,
        "more": sums.count - len(shown),
        "sums": sums,
        "payments": payments,
        "form": form or PackageForm(invoices=ready, initial={"contents": list(rules.CONTENTS), "all": True}),
    }


@requires("export_package")
@require_http_methods(["POST"])
def package_make(request: HttpRequest) -> HttpResponse:
    """Make a package of the ticked invoices: at once when it is small, by the worker when it is not."""
    ready = invoices_to_export(request.user)
    form = PackageForm(request.POST, invoices=ready)
    if not form.is_valid():
        return _asked_again(request, form)
    contents = form.cleaned_data["contents"]
    chosen = list(form.cleaned_data["invoices"])
    if form.cleaned_data["all"]:
        unticked = {str(one.pk) for one in ready[:PREVIEWED]} - set(request.POST.getlist("invoices"))
        chosen = [one for one in ready if str(one.pk) not in unticked]
    if "pdf" in contents:
        made = InvoiceDocument.objects.filter(invoice__in=chosen).count()
        if len(chosen) - made > AT_ONCE:
            run = actions.package_run_start(by=request.user, contents=contents, invoices=chosen)
            return redirect("bookkeeping:package_run", run.pk)
    try:
        package = actions.package_make(by=request.user, contents=contents, invoices=chosen)
    except Refused as refused:
        form.add_error("invoices", str(refused) if chosen else _("Tick at least one invoice."))
        return _asked_again(request, form)
    return redirect("bookkeeping:package_detail", package.pk)


def _asked_again(request: HttpRequest, form: PackageForm) -> HttpResponse:
    """The page as it was sent, with what is wrong."""
    page = PackageList(request, package_rows, path=reverse("bookkeeping:package_list"))
    return render(request, "bookkeeping/package_list.html", _context(request, page, form), status=422)


@requires("export_package")
@require_safe
def package_run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a package in the making is; leads to it when it is done."""
    run = get_object_or_404(PackageRun.objects.for_user(request.user), pk=pk)
    if run.package_id:
        url = reverse("bookkeeping:package_detail", args=[run.package_id])
        if request.htmx:  # type: ignore[attr-defined]
            response = HttpResponse()
            response["HX-Redirect"] = url
            return response
        return redirect(url)
    return render(request, "bookkeeping/package_run.html", {"run": run})


@requires("export_package")
@require_safe
def package_detail(request: HttpRequest, pk: int) -> HttpResponse:
    package = get_object_or_404(
        Package.objects.for_user(request.user).select_related("created_by", "file"), pk=pk
    )
    lines = package.lines.select_related("invoice__customer", "payment").order_by(
        "invoice__number__in_order", "pk"
    )
    context = {
        "package": package,
        "invoices": [line for line in lines if line.payment_id is None],
        "payments": [line for line in lines if line.payment_id is not None],
    }
    return render(request, "bookkeeping/package_detail.html", context)


@requires("export_package")
@require_safe
def package_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The ZIP itself."""
    package = get_object_or_404(Package.objects.for_user(request.user).select_related("file"), pk=pk)
    return file_response(package.file, download=True)
