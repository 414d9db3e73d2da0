"""Work orders in the office: list, detail, and every change."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.models import User
from apps.accounts.roles import TECHNICIAN
from apps.company.lists import saved_views
from apps.core import clock
from apps.core.compiled import Given, compiled, record_or_404
from apps.core.editing import Edit, edits
from apps.core.more_rows import not_judged, rows_of
from apps.core.numbers import pk_read
from apps.core.web import requires
from apps.customers.models import Customer
from apps.documents.forms import AttachedForm
from apps.intake.models import Request
from apps.materials.models import Material
from apps.messaging.record import record_ask
from apps.workorders import actions
from apps.workorders.forms import ReasonForm, ToBringFormSet, WorkOrderForm
from apps.workorders.lists import detail_rows
from apps.workorders.lists import work_order_list as list_page
from apps.workorders.models import JobFormField, ToBring, WorkOrder, WorkOrderFile
from apps.workorders.pages import order_act

CUSTOMERS_SHOWN = 12
CATALOGUE_SHOWN = 400


@requires("see_office")
@require_GET
def work_order_list(request: HttpRequest) -> HttpResponse:
    page = list_page(request, reverse("workorders:work_order_list"))
    if (export := page.export()) is not None:
        return export
    return render(request, "workorders/work_order_list.html", _list_context(request, page))


@requires("see_office")
@require_GET
def work_order_detail(request: HttpRequest, pk: int) -> HttpResponse:
    order = record_or_404(detail_rows, request.user, pk)
    page = list_page(request, reverse("workorders:work_order_list"))
    context = {"chosen": order} | detail_context(request, order)
    if not request.htmx:  # type: ignore[attr-defined]  # a row that opens beside the list needs only the detail
        context |= _list_context(request, page)
    else:
        context["page"] = page
    return render(request, "workorders/work_order_list.html", context)


def detail_context(request: HttpRequest, order: WorkOrder) -> dict[str, Any]:
    """What the detail of a work order shows beside the order itself."""
    beside = compiled("beside an order", _beside, pk=order.pk, version=order.job_form_version_id or 0)
    if not request.user.may("share_jobs"):  # type: ignore[union-attr]
        del beside["colleagues"]
    shares = order.shares.select_related("user")
    record_ask(order, request.user, *beside.values(), shares, chain=True, notes=True, mails=True)
    return {
        "order": order,
        "visits": order.visits_planned,  # type: ignore[attr-defined]
        "movable": order.visits_movable(clock.now()),
        "shares": shares,
        **beside,
        "file_form": AttachedForm(),
        "reason_form": ReasonForm(auto_id="reason-%s"),
    }


def _beside() -> dict[str, Any]:
    order = Given("pk")
    return {
        "to_bring": ToBring.objects.filter(work_order=order),
        "fields": JobFormField.objects.filter(version=Given("version")),
        "files": WorkOrderFile.objects.filter(work_order=order).select_related("file"),
        "colleagues": User.objects.active().with_role(TECHNICIAN),
    }


def _list_context(request: HttpRequest, page: Any) -> dict[str, Any]:
    return {"page": page, "saved": saved_views(page, request.user)}


@requires("manage_work_orders")
@require_http_methods(["GET", "POST"])
def work_order_create(request: HttpRequest) -> HttpResponse:
    """From scratch, from a customer, or from a request (`?request=`)."""
    asked, customer = _from_what(request)
    if customer is None:
        return _customer_choose(request)
    form = WorkOrderForm(request.POST or None, customer=customer, initial=_initial(asked))
    rows = rows_of(ToBringFormSet, request, request.POST or None, prefix="bring", initial=_estimates(asked))
    _not_judged_yet(form, rows)
    if request.method == "POST" and not rows.is_growing and form.is_valid() and rows.is_valid():
        given = form.cleaned_data
        order = actions.work_order_create(
            by=request.user, customer=customer, request=asked, to_bring=rows.rows(), **given
        )
        messages.success(request, _("Work order %(number)s is made.") % {"number": order.number})
        return redirect("workorders:work_order_detail", order.pk)
    context = _form_context(form, rows) | {"customer": customer, "asked": asked}
    return _shown(request, "workorders/work_order_create.html", context)


@requires("manage_work_orders")
@require_http_methods(["GET", "POST"])
@edits
def work_order_change(request: HttpRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(WorkOrder.objects.for_user(request.user), pk=pk)
    initial = {"job_form": order.job_form_version.form_id if order.job_form_version else None}
    brought = [
        {"what": one.description, "quantity": one.quantity, "unit": one.unit} for one in order.to_bring.all()
    ]
    edit = Edit(
        request,
        order,
        WorkOrderForm(customer=order.customer, instance=order, initial=initial),
        ToBringFormSet(prefix="bring", initial=brought),
    )
    form = WorkOrderForm(edit.data, customer=order.customer, instance=order, initial=initial)
    rows = rows_of(ToBringFormSet, request, edit.data, prefix="bring", initial=brought)
    _not_judged_yet(form, rows)
    if edit.saves and not rows.is_growing and form.is_valid() and rows.is_valid():
        given = form.cleaned_data
        chosen = given.pop("job_form")
        given["skill"] = given["skill"] or given["type"].skill
        if "job_form" in form.changed_data:
            given["job_form_version"] = actions.form_version_newest(type=given["type"], job_form=chosen)
        try:
            actions.work_order_change(
                work_order=order,
                by=request.user,
                version=edit.version,
                to_bring=rows.rows(),
                **given,
            )
        except actions.TermsAgreed as refused:
            terms = ("sold_hours", "billing_basis")
            form.add_error(next((one for one in terms if one in form.changed_data), terms[0]), str(refused))
        else:
            messages.success(request, _("%(number)s is changed.") % {"number": order.number})
            return redirect("workorders:work_order_detail", pk)
    context = _form_context(form, rows) | {"order": order, "customer": order.customer, "edit": edit}
    return _shown(request, "workorders/work_order_change.html", context)


def _not_judged_yet(form: WorkOrderForm, rows: Any) -> None:
    """Whoever asks for another row of what to bring is not done."""
    if rows.is_growing:
        not_judged(form)


def _shown(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The form; after another row was asked for nothing is wrong, or done."""
    grows = context["rows"].is_growing
    response = render(
        request, template, context, status=422 if request.method == "POST" and not grows else 200
    )
    response.shown_again = grows  # type: ignore[attr-defined]
    return response


@requires("manage_work_orders")
@require_POST
def work_order_resume(request: HttpRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(WorkOrder.objects.for_user(request.user), pk=pk)
    actions.work_order_resume(work_order=order, by=request.user)
    messages.success(request, _("%(number)s can be planned again.") % {"number": order.number})
    return redirect("workorders:work_order_detail", pk)


@requires("manage_work_orders")
@require_POST
def work_order_follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    return order_act(
        request,
        pk,
        actions.work_order_follow_up,
        template="workorders/work_order_follow_up.html",
        said=_("%(number)s is ready for review."),
    )


def _form_context(form: WorkOrderForm, rows: Any) -> dict[str, Any]:
    catalogue = Material.objects.filter(active=True).values_list("name", flat=True)[:CATALOGUE_SHOWN]
    return {"form": form, "rows": rows, "catalogue": catalogue}


def _from_what(request: HttpRequest) -> tuple[Request | None, Customer | None]:
    if (pk := pk_read(request.GET.get("request"))) is not None:
        rows = Request.objects.for_user(request.user).select_related("customer", "type", "site", "contact")
        asked = get_object_or_404(rows, pk=pk)
        return asked, asked.customer
    if (pk := pk_read(request.GET.get("customer"))) is not None:
        return None, get_object_or_404(Customer.objects.for_user(request.user), pk=pk)
    return None, None


def _customer_choose(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "")[:100]
    customers = Customer.objects.for_user(request.user).active()
    context = {"text": text, "customers": customers.found(text, "-created_at", most=CUSTOMERS_SHOWN)}
    return render(request, "workorders/work_order_customer.html", context)


def _initial(asked: Request | None) -> dict[str, Any]:
    """What a request and its intake report already say."""
    if asked is None:
        return {}
    report = getattr(asked, "report", None)
    first_line = next((line for line in asked.description.splitlines() if line.strip()), "")
    return {
        "title": first_line.strip()[:120],
        "type": asked.type_id,
        "site": asked.site_id,
        "contact": asked.contact_id,
        "urgency": report.urgency if report else asked.urgency,
        "scope": asked.description,
        "notes": report.note if report else "",
        "sold_hours": (report.hours if report else None) or 0,
        "people": 2 if report and report.execution == "two" else 1,
        "preferred_from": asked.preferred_from,
        "preferred_until": asked.preferred_until,
        "preferred_part": asked.preferred_part,
    }


def _estimates(asked: Request | None) -> list[dict[str, Any]]:
    report = getattr(asked, "report", None) if asked else None
    if report is None:
        return []
    return [
        {"what": one.material.name, "quantity": one.quantity, "unit": one.material.unit}
        for one in report.materials.select_related("material")
    ]
