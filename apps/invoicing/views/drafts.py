"""From reviewed jobs to drafts, and changing a draft."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.company.lists import saved_views
from apps.core.editing import Edit, edits
from apps.core.numbers import pk_read
from apps.core.refusals import Forbidden, Refused
from apps.core.web import requires
from apps.invoicing import actions
from apps.invoicing.actions.losses import asks_credited
from apps.invoicing.documents import items, paper
from apps.invoicing.forms import FreeLineForm, GiveUpForm, InvoiceForm, LineForm, lines_gone, lines_typed
from apps.invoicing.lists import ReadyList, ready_rows
from apps.invoicing.models import Invoice, InvoiceLine
from apps.invoicing.pages import invoice_get
from apps.workorders.models import WorkOrder


@requires("see_prices")
@require_safe
def ready_list(request: HttpRequest) -> HttpResponse:
    """The queue: jobs that were approved and are not on an invoice yet."""
    page = ReadyList(request, ready_rows)
    if (export := page.export()) is not None:
        return export
    context = {
        "page": page,
        "saved": saved_views(page, request.user),
        "may_invoice": request.user.may("issue_invoice"),
    }
    return render(request, "invoicing/ready_list.html", context)


@requires("issue_invoice")
@require_POST
def invoice_draft(request: HttpRequest) -> HttpResponse:
    """A draft per customer of the chosen work orders."""
    chosen = [pk for one in request.POST.getlist("work_orders") if (pk := pk_read(one)) is not None]
    orders = list(
        WorkOrder.objects.for_user(request.user).filter(pk__in=chosen).order_by("customer_id", "pk")
    )
    if not orders:
        raise Refused(_("Choose at least one work order."))
    made = [
        actions.invoice_draft(work_orders=list(group), by=request.user)
        for _customer, group in groupby(orders, key=lambda order: order.customer_id)
    ]
    if len(made) == 1:
        return redirect("invoicing:invoice_detail", made[0].pk)
    messages.success(
        request,
        ngettext("%(n)s draft is made.", "%(n)s drafts are made, one per customer.", len(made))
        % {"n": len(made)},
    )
    return redirect(f"{reverse('invoicing:invoice_list')}?status=draft")


@requires("issue_invoice")
@require_POST
def work_order_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a job on which nothing is left to invoice."""
    order = get_object_or_404(WorkOrder.objects.for_user(request.user), pk=pk)
    actions.work_order_close(work_order=order, by=request.user)
    messages.success(request, _("%(number)s is closed.") % {"number": order.number})
    return redirect("invoicing:ready_list")


@requires("issue_invoice")
@require_POST
def deposit_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a deposit to the final invoice."""
    order = get_object_or_404(WorkOrder.objects.for_user(request.user), pk=pk)
    actions.deposit_leave(work_order=order, by=request.user)
    messages.success(request, _("%(number)s: the final invoice asks all of it.") % {"number": order.number})
    return redirect("invoicing:ready_list")


@requires("issue_invoice")
@require_POST
def correction_credit(request: HttpRequest, pk: int) -> HttpResponse:
    """Credit what a correction made too high, and draft what is left."""
    order = get_object_or_404(WorkOrder.objects.for_user(request.user), pk=pk)
    notes, draft = actions.correction_credit(work_order=order, by=request.user)
    numbers = ", ".join(str(note) for note in notes)
    messages.success(request, _("Credit note %(number)s is made.") % {"number": numbers})
    return redirect("invoicing:invoice_detail", (draft or notes[-1]).pk)


def _lines(invoice: Invoice) -> list[InvoiceLine]:
    """As the customer reads them: what was corrected is one line with its corrections."""
    return items(invoice.lines.select_related("work_order", "billable", "rebills").order_by("position", "id"))


def _edit(request: HttpRequest, invoice: Invoice, *, posted: bool) -> Edit:
    lines = [LineForm(line=line, by=request.user) for line in _lines(invoice)]
    about = str(invoice.customer)
    return Edit(request, invoice, InvoiceForm(instance=invoice), *lines, about=about, posted=posted)


def _change_page(
    request: HttpRequest, invoice: Invoice, *, status: int = 200, typed: Sequence[LineForm] = (), **forms: Any
) -> HttpResponse:
    known = {row.line.pk: row for row in typed}
    context: dict[str, Any] = {
        "invoice": invoice,
        "paper": paper(invoice),
        "form": InvoiceForm(instance=invoice),
        "rows": [known.get(line.pk) or LineForm(line=line, by=request.user) for line in _lines(invoice)],
        "free": FreeLineForm(auto_id="free-%s", invoice=invoice, by=request.user),
        "edit": _edit(request, invoice, posted=False),
    }
    context |= forms
    context["every"] = [context["form"], *context["rows"]]
    return render(request, "invoicing/invoice_change.html", context, status=status)


@requires("issue_invoice")
@require_http_methods(["GET", "POST"])
@edits
def invoice_change(request: HttpRequest, pk: int) -> HttpResponse:
    invoice = invoice_get(request, pk)
    if invoice.status != "draft":
        raise Refused(_("%(invoice)s is no longer a draft: it cannot be changed.") % {"invoice": invoice})
    if request.method != "POST":
        return _change_page(request, invoice)
    edit = _edit(request, invoice, posted=True)
    data, lines = edit.data or request.POST, _lines(invoice)
    form, rows = InvoiceForm(data), lines_typed(data, lines, by=request.user)
    if lines_gone(data, lines):
        form.add_error(
            None, _("A line that you saw is off the draft by now. Look at what is left and save again.")
        )
    if not all([edit.saves, form.is_valid(), *(row.is_valid() for row in rows)]):
        return _change_page(request, invoice, status=422, form=form, typed=rows)
    row: LineForm | None = None
    try:
        with transaction.atomic():
            actions.invoice_change(
                invoice=invoice, by=request.user, version=edit.version, **form.cleaned_data
            )
            for row in (one for one in rows if one.has_changed()):
                actions.line_change(line=row.line, by=request.user, **row.changes)
    except Forbidden as forbidden:
        # Each by itself may be given up, all that was typed together not.
        if row is None:
            raise
        row.add_error("unit_price", str(forbidden))
        return _change_page(request, invoice, status=422, form=form, typed=rows)
    messages.success(request, _("The draft is changed."))
    return redirect("invoicing:invoice_detail", pk)


@requires("issue_invoice")
@require_POST
def line_add(request: HttpRequest, pk: int) -> HttpResponse:
    invoice = invoice_get(request, pk)
    free = FreeLineForm(request.POST, auto_id="free-%s", invoice=invoice, by=request.user)
    if not free.is_valid():
        return _change_page(request, invoice, status=422, free=free)
    actions.line_add(invoice=invoice, by=request.user, **free.cleaned_data)
    return redirect("invoicing:invoice_change", pk)


@requires("issue_invoice")
@require_POST
def line_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """What was credited and is asked anew asks for a reason first."""
    visible = Invoice.objects.for_user(request.user)
    rows = InvoiceLine.objects.select_related("invoice__customer", "rebills__invoice")
    line, reason = get_object_or_404(rows, pk=pk, invoice__in=visible), ""
    if asks_credited(line):
        given = request.POST if "reason" in request.POST else None
        form = GiveUpForm(given, line=line, by=request.user)  # type: ignore[arg-type]
        if not form.is_valid():
            context = {"line": line, "invoice": line.invoice, "form": form}
            return render(request, "invoicing/line_remove.html", context, status=422)
        reason = form.cleaned_data["reason"]
    actions.line_remove(line=line, by=request.user, reason=reason)
    return redirect("invoicing:invoice_change", line.invoice_id)
