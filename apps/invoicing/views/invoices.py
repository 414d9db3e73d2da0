"""The list of invoices and one invoice, with everything that can be done to it now."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.company.lists import saved_views
from apps.core import clock
from apps.core.numbers import pk_read
from apps.core.web import requires
from apps.documents.web import file_response
from apps.invoicing import actions
from apps.invoicing.documents import paper, paper_rows
from apps.invoicing.exports import exports
from apps.invoicing.forms import CancelForm
from apps.invoicing.lists import InvoiceList, invoice_rows, is_late
from apps.invoicing.models import FactKind, Invoice
from apps.invoicing.pages import invoice_get
from apps.messaging.record import record_ask


@requires("see_prices")
@require_safe
def invoice_list(request: HttpRequest) -> HttpResponse:
    page = InvoiceList(request, invoice_rows)
    if (export := page.export()) is not None:
        return export
    return render(request, "invoicing/invoice_list.html", _list_context(request, page))


def _list_context(request: HttpRequest, page: InvoiceList) -> dict[str, Any]:
    return {"page": page, "saved": saved_views(page, request.user)}


@requires("see_prices")
@require_safe
def invoice_detail(request: HttpRequest, pk: int) -> HttpResponse:
    rows = (
        Invoice.objects.for_user(request.user).with_open().select_related("customer", "credits", "created_by")
    )
    invoice = get_object_or_404(rows, pk=pk)
    page = InvoiceList(request, invoice_rows, path=reverse("invoicing:invoice_list"))
    context: dict[str, Any] = {"chosen": invoice, "page": page} | _detail_context(request, invoice)
    if not request.htmx:  # type: ignore[attr-defined]  # a row that opens beside the list needs only the detail
        context |= _list_context(request, page)
    return render(request, "invoicing/invoice_list.html", context)


def _detail_context(request: HttpRequest, invoice: Any) -> dict[str, Any]:
    fact_rows = invoice.facts.select_related("by")
    reminders = invoice.reminders.order_by("step")
    payments = invoice.payments.select_related("recorded_by")
    credit_notes = invoice.credit_notes.exclude(number=None).order_by("pk")
    packages = exports().filter(invoice=invoice).order_by("pk").values("package", "package__number")
    rows = paper_rows(invoice)
    record_ask(
        invoice, request.user, fact_rows, reminders, payments, credit_notes, packages, *rows,
        chain=True, notes=True, mails=True,
    )  # fmt: skip
    facts = {fact.kind: fact for fact in fact_rows}
    mail = next((mail for mail in invoice.asked["mails"] if mail.is_under_way), None)
    reversed_ones = {payment.reverses_id for payment in payments}
    for payment in payments:
        payment.can_reverse = payment.reverses_id is None and payment.pk not in reversed_ones
    invoice.mail_under_way = mail is not None
    today = clock.today()
    late = is_late(invoice, today)
    step = actions.reminder_due(invoice, reminders) if late else 0
    return {
        "invoice": invoice,
        "paper": paper(invoice, rows),
        "facts": [facts[kind] for kind in ("sent", "delivered", "booked") if kind in facts],
        "reminders": reminders,
        "payments": payments,
        "credit_notes": credit_notes,
        "is_late": late,
        "days_late": (today - invoice.due_date).days if late else 0,
        "exported": next(iter(packages), None),
        "can": _possible(request.user, invoice, facts, step),
        "mail": mail,
    }


def _possible(user: Any, invoice: Any, facts: dict[str, Any], reminder_step: int) -> dict[str, Any]:
    """The verbs that this user can do to the invoice as it stands."""
    status = invoice.status
    issue, pay, export = (user.may(one) for one in ("issue_invoice", "record_payment", "export_package"))
    bill = not invoice.is_credit_note
    numbered = invoice.number is not None
    settled = status in ("paid", "credited") or (numbered and not bill)
    return {
        "change": issue and status == "draft",
        "issue": issue and status == "draft",
        "cancel": issue and status == "draft",
        "send": issue and status == "issued" and not invoice.mail_under_way,
        "resend": issue and status in ("sent", "paid"),
        "remind": reminder_step if issue and status == "sent" else 0,
        "pay": pay and bill and numbered and invoice.open > 0,
        "pay_again": pay and bill and status in ("paid", "credited") and invoice.open <= 0,
        "refund": pay and bill and numbered and invoice.open < 0,
        "deliver": issue and numbered and bill and "delivered" not in facts,
        "book": export and settled and "booked" not in facts,
        "credit": issue and bill and status in ("issued", "sent", "paid"),
        "reverse": pay,
    }


@requires("see_prices")
@require_safe
def invoice_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The PDF; made now if the worker did not get to it yet."""
    return file_response(actions.documents_make(invoice=invoice_get(request, pk)).pdf)


@requires("see_prices")
@require_safe
def invoice_ubl(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The e-invoice, as a download."""
    return file_response(actions.documents_make(invoice=invoice_get(request, pk)).ubl, download=True)


@requires("issue_invoice")
@require_POST
def invoice_issue(request: HttpRequest, pk: int) -> HttpResponse:
    version = pk_read(request.POST.get("version"))
    actions.invoice_issue(invoice=invoice_get(request, pk), by=request.user, version=version)
    return redirect("invoicing:invoice_detail", pk)


@requires("issue_invoice")
@require_POST
def invoice_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    invoice, form = invoice_get(request, pk), CancelForm(request.POST)
    if not form.is_valid():
        context = {"invoice": invoice, "form": form}
        return render(request, "invoicing/invoice_cancel.html", context, status=422)
    version = pk_read(request.POST.get("version"))
    actions.invoice_cancel(
        invoice=invoice, by=request.user, reason=form.cleaned_data["reason"], version=version
    )
    return redirect("invoicing:invoice_detail", pk)


def _mark(request: HttpRequest, pk: int, kind: FactKind) -> HttpResponse:
    note = request.POST.get("note", "")[:200]
    actions.fact_mark(invoice=invoice_get(request, pk), kind=kind, by=request.user, note=note)
    return redirect("invoicing:invoice_detail", pk)


@requires("issue_invoice")
@require_POST
def sent_mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Sent by post."""
    return _mark(request, pk, FactKind.SENT)


@requires("issue_invoice")
@require_POST
def delivered_mark(request: HttpRequest, pk: int) -> HttpResponse:
    return _mark(request, pk, FactKind.DELIVERED)


@requires("export_package")
@require_POST
def booked_mark(request: HttpRequest, pk: int) -> HttpResponse:
    return _mark(request, pk, FactKind.BOOKED)
