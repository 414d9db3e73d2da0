"""The office's side of the receipt book: what could not be applied, and what was reported."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.numbers import pk_read
from apps.core.web import requires
from apps.documents.web import file_response
from apps.field import actions, forms
from apps.field.actions.events import event_worth
from apps.field.lists import EventList
from apps.field.models import Deviation, FieldEvent
from apps.materials.models import Material
from apps.planning.models import Assignment
from apps.workorders.models import JobFormField


def _events(request: HttpRequest) -> Any:
    return (
        FieldEvent.objects.for_user(request.user)
        .filter(state__in=["to_decide", "decided"])
        .select_related(
            "user", "decided_by", "assignment__work_order__customer", "assignment__request", "assignment__technician__user"
        )
    )  # fmt: skip


def _list(
    request: HttpRequest, chosen: FieldEvent | None = None, form: Any = None, status: int = 200
) -> HttpResponse:
    page = EventList(request, _events(request))
    if (export := page.export()) is not None:
        return export
    context = {
        "page": page,
        "chosen": chosen,
        "details": _details(chosen) + _worth(request, chosen) if chosen else [],
        "form": form or forms.SetAsideForm(),
    }
    return render(request, "field/event_list.html", context, status=status)


def _details(event: FieldEvent) -> list[tuple[Any, Any]]:
    """What an event says, for a reader: names instead of ids, and nothing of how it travelled."""
    payload = event.payload
    found: list[tuple[Any, Any]] = []
    if (material := pk_read(payload.get("material"))) is not None:
        found.append((_("Material"), Material.objects.filter(pk=material).first() or material))
    if (question := pk_read(payload.get("field"))) is not None:
        found.append((_("Question"), JobFormField.objects.filter(pk=question).first() or question))
    labels = {
        "quantity": _("Quantity"),
        "value": _("Answer"),
        "text": _("Text"),
        "description": _("What it is") if event.kind == "material_other" else _("Extra work"),
        "hours": _("Hours"),
        "reason": _("Reason"),
        "name": _("Name"),
    }
    return found + [
        (label, payload[name]) for name, label in labels.items() if payload.get(name) not in (None, "")
    ]


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
    found = _events(request).filter(assignment=visit).order_by("-state", "received_at", "id").first()
    return _list(request, found)


@requires("see_office")
@require_GET
def event_detail(request: HttpRequest, pk: str) -> HttpResponse:
    return _list(request, get_object_or_404(_events(request), pk=pk))


@requires("manage_work_orders")
@require_POST
def event_apply_after_all(request: HttpRequest, pk: str) -> HttpResponse:
    event = get_object_or_404(_events(request), pk=pk)
    actions.event_apply_after_all(event=event, by=request.user)
    return redirect("field:event_detail", pk)


@requires("manage_work_orders")
@require_POST
def event_set_aside(request: HttpRequest, pk: str) -> HttpResponse:
    event = get_object_or_404(_events(request), pk=pk)
    form = forms.SetAsideForm(request.POST)
    if not form.is_valid():
        return _list(request, event, form, status=422)
    actions.event_set_aside(event=event, by=request.user, reason=form.cleaned_data["reason"])
    return redirect("field:event_detail", pk)


@requires("see_office")
@require_GET
def event_file(request: HttpRequest, pk: str) -> HttpResponseBase:
    """The photo or signature that came with an event."""
    event = get_object_or_404(_events(request).filter(file__isnull=False).select_related("file"), pk=pk)
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
