"""The office's side of the receipt book: what could not be applied, and what was reported."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.editing import Edit, edits
from apps.core.web import requires
from apps.documents.web import file_response
from apps.field import actions, forms, sides
from apps.field.actions.events import event_worth
from apps.field.lists import EventList, event_rows
from apps.field.models import Deviation, FieldEvent, PhoneHolding, PhoneSettings
from apps.planning.models import Assignment
from apps.technicians.models import CalendarFeed, Technician
from apps.workorders.pages import order_act


def _list(
    request: HttpRequest, chosen: FieldEvent | None = None, form: Any = None, status: int = 200
) -> HttpResponse:
    page = EventList(request, event_rows)
    if (export := page.export()) is not None:
        return export
    context = {
        "page": page,
        "chosen": chosen,
        "said": sides.said(chosen) + _worth(request, chosen) if chosen else [],
        "put_right": sides.put_right(chosen) if chosen else [],
        "standing": sides.standing(chosen) if chosen else [],
        "form": form or forms.SetAsideForm(),
        "take_form": forms.TakeForm(event=chosen) if chosen else None,
    }
    return render(request, "field/event_list.html", context, status=status)


def _worth(request: HttpRequest, event: FieldEvent) -> list[tuple[Any, Any]]:
    sees = event.state == "to_decide" and request.user.may("see_prices")  # type: ignore[union-attr]
    text = event_worth(event) if sees else ""
    return [(_("Worth, excl. VAT"), text)] if text else []


@requires("see_office")
@require_GET
def event_list(request: HttpRequest) -> HttpResponse:
    """What a phone reported and could not be applied; nothing of it is ever dropped."""
    return _list(request)


@requires("see_office")
@require_GET
def event_of_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """What the phone reported on a planned visit: the first that nobody decided."""
    visit = get_object_or_404(Assignment.objects.for_user(request.user), pk=pk)
    found = event_rows(request.user).filter(assignment=visit).order_by("-state", "received_at", "id").first()
    return _list(request, found)


@requires("see_office")
@require_GET
def event_detail(request: HttpRequest, pk: str) -> HttpResponse:
    return _list(request, get_object_or_404(event_rows(request.user), pk=pk))


@requires("manage_work_orders")
@require_POST
def event_apply_after_all(request: HttpRequest, pk: str) -> HttpResponse:
    event = get_object_or_404(event_rows(request.user), pk=pk)
    form = forms.TakeForm(request.POST, event=event)
    if not form.is_valid():
        return _list(request, event, form, status=422)
    actions.event_apply_after_all(event=event, by=request.user, corrected=form.cleaned_data)
    return redirect("field:event_detail", pk)


@requires("manage_work_orders")
@require_POST
def event_set_aside(request: HttpRequest, pk: str) -> HttpResponse:
    event = get_object_or_404(event_rows(request.user), pk=pk)
    form = forms.SetAsideForm(request.POST)
    if not form.is_valid():
        return _list(request, event, form, status=422)
    actions.event_set_aside(event=event, by=request.user, reason=form.cleaned_data["reason"])
    return redirect("field:event_detail", pk)


@requires("see_office")
@require_GET
def event_file(request: HttpRequest, pk: str) -> HttpResponseBase:
    """The photo or signature that came with an event."""
    event = get_object_or_404(
        event_rows(request.user).filter(file__isnull=False).select_related("file"), pk=pk
    )
    return file_response(event.file, thumbnail="thumb" in request.GET)


@requires("manage_work_orders")
@require_http_methods(["GET", "POST"])
def deviation_follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what was done about something that a technician reported."""
    deviation = get_object_or_404(
        Deviation.objects.for_user(request.user).select_related(
            "visit__work_order__customer", "visit__technician__user", "followed_up_by"
        ),
        pk=pk,
    )
    form = forms.FollowUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.deviation_follow_up(deviation=deviation, by=request.user, text=form.cleaned_data["text"])
        return redirect("field:deviation_follow_up", pk)
    status = 422 if request.method == "POST" else 200
    return render(
        request, "field/deviation_follow_up.html", {"deviation": deviation, "form": form}, status=status
    )


@requires("manage_work_orders")
@require_http_methods(["GET", "POST"])
def holdings_give_up(request: HttpRequest, pk: int) -> HttpResponse:
    """A phone that held something is lost or was emptied: nobody waits for it any more."""
    people = Technician.objects.for_user(request.user).select_related("user")
    technician = get_object_or_404(people, pk=pk)
    form = forms.GiveUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.holdings_give_up(technician=technician, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Nobody waits for that phone any more."))
        return redirect("technicians:technician_detail", pk)
    held = PhoneHolding.objects.for_user(request.user).filter(user=technician.user_id)
    context = {
        "technician": technician,
        "form": form,
        "has_calendar": CalendarFeed.objects.filter(technician=technician).exists(),
        "held": held.select_related(
            "user", "assignment__work_order__customer", "assignment__request__customer"
        ),
    }
    return render(request, "field/holdings_give_up.html", context, status=422 if form.errors else 200)


@requires("manage_company")
@require_http_methods(["GET", "POST"])
@edits
def phone_settings(request: HttpRequest) -> HttpResponse:
    """What the company wants of its phones."""
    found = PhoneSettings.objects.first() or PhoneSettings(pk=1)
    edit = Edit(request, found, forms.PhoneSettingsForm(instance=found), about=_("Settings of the phones"))
    form = forms.PhoneSettingsForm(edit.data, instance=found)
    if edit.saves and form.is_valid():
        actions.phone_settings_set(by=request.user, version=edit.version, **form.cleaned_data)
        messages.success(request, _("The settings of the phones are kept."))
        return redirect("field:phone_settings")
    context = {"form": form, "edit": edit}
    return render(request, "field/phone_settings.html", context, status=422 if form.is_bound else 200)


@requires("manage_work_orders")
@require_POST
def work_order_enough(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody has to come again: the job goes to review with what was done."""
    return order_act(
        request,
        pk,
        actions.work_order_enough,
        template="field/work_order_enough.html",
        said=_("%(number)s is ready for review."),
    )
