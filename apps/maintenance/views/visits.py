"""The maintenance that is due: the list, and what becomes of one visit."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.company.lists import saved_views
from apps.core import formats
from apps.core.editing import Edit, edits
from apps.core.web import requires
from apps.maintenance import actions
from apps.maintenance.forms import MoveForm, SkipForm
from apps.maintenance.lists import VisitList, visit_rows
from apps.maintenance.models import ContractVisit


def _of(request: HttpRequest, pk: int) -> ContractVisit:
    return get_object_or_404(visit_rows(request.user), pk=pk)


def _page(request: HttpRequest, chosen: ContractVisit | None = None) -> HttpResponse:
    page = VisitList(request, visit_rows, path=reverse("maintenance:visit_list"))
    if answer := page.export():
        return answer
    context: dict[str, Any] = {"page": page, "saved": saved_views(page, request.user), "chosen": chosen}
    if chosen:
        context |= {"devices": chosen.work_order.serviced.all(), "due_month": formats.month(chosen.due)}
    return render(request, "maintenance/visit_list.html", context)


@requires("see_office")
@require_safe
def visit_list(request: HttpRequest) -> HttpResponse:
    return _page(request)


@requires("see_office")
@require_safe
def visit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _of(request, pk))


@requires("manage_work_orders")
@require_http_methods(["GET", "POST"])
def visit_skip(request: HttpRequest, pk: int) -> HttpResponse:
    visit = _of(request, pk)
    form = SkipForm(request.POST or None, planned=visit.is_on_plan)
    if form.is_bound and form.is_valid():
        try:
            actions.visit_skip(visit=visit, by=request.user, **form.cleaned_data)
        except actions.OnThePlan as refused:  # planned meanwhile
            form = SkipForm(request.POST, planned=True)
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The visit is skipped."))
            return redirect("maintenance:visit_detail", visit.pk)
    return _asked(request, "maintenance/visit_skip.html", visit, form)


@requires("manage_work_orders")
@require_http_methods(["GET", "POST"])
@edits
def visit_move(request: HttpRequest, pk: int) -> HttpResponse:
    visit = _of(request, pk)
    shown: dict[str, Any] = {
        "planned": visit.is_on_plan,
        "initial": {"window_from": visit.window_from, "window_until": visit.window_until},
    }
    edit = Edit(request, visit, MoveForm(**shown))
    form = MoveForm(edit.data, **shown)
    if edit.saves and form.is_valid():
        try:
            actions.visit_move(visit=visit, by=request.user, version=edit.version, **form.cleaned_data)
        except actions.OnThePlan as refused:  # planned meanwhile
            form = MoveForm(edit.data, **(shown | {"planned": True}))
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The visit is moved."))
            return redirect("maintenance:visit_detail", visit.pk)
    return _asked(request, "maintenance/visit_move.html", visit, form, edit=edit)


def _asked(
    request: HttpRequest, template: str, visit: ContractVisit, form: forms.Form, **more: Any
) -> HttpResponse:
    context = {"form": form, "visit": visit, "due_month": formats.month(visit.due)} | more
    return render(request, template, context, status=422 if form.is_bound else 200)


@requires("manage_work_orders")
@require_POST
def visit_again(request: HttpRequest, pk: int) -> HttpResponse:
    visit = _of(request, pk)
    made = actions.visit_again(visit=visit, by=request.user)
    messages.success(request, _("%(number)s is made.") % {"number": made.work_order})
    return redirect("maintenance:visit_detail", pk)
