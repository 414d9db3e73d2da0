"""What a phone said beside what stands now: both sides of something that the office has to decide about."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import formats
from apps.core.numbers import pk_read
from apps.field.events import EVENTS, About
from apps.field.evidence import answer_text
from apps.field.models import CORRECTED, FieldEvent, FormAnswer, MaterialUsage, TimeEntry, Visit
from apps.materials.models import Material, Unit
from apps.workorders.models import JobFormField

Row = tuple[Any, Any]
LABELS: dict[str, Any] = {
    "quantity": gettext_lazy("Quantity"),
    "unit": gettext_lazy("Unit"),
    "value": gettext_lazy("Answer"),
    "about": gettext_lazy("What is the matter"),
    "text": gettext_lazy("Text"),
    "description": gettext_lazy("Description"),
    "hours": gettext_lazy("Hours"),
    "reason": gettext_lazy("Reason"),
    "left_over": gettext_lazy("What is left to do"),
    "hours_left": gettext_lazy("Hours left"),
    "ended_at": gettext_lazy("The work ended at"),
    "name": gettext_lazy("Name"),
    "on_phone": gettext_lazy("Shown to the customer"),
}


def said(event: FieldEvent) -> list[Row]:
    """What the phone says, for a reader: names instead of ids, and nothing of how it travelled."""
    payload = event.payload
    found: list[Row] = []
    if (material := pk_read(payload.get("material"))) is not None:
        found.append((_("Material"), Material.objects.filter(pk=material).first() or material))
    if (question := pk_read(payload.get("field"))) is not None:
        found.append((_("Question"), JobFormField.objects.filter(pk=question).first() or question))
    given = [
        (label, _unit(payload[name]) if name == "unit" else payload[name])
        for name, label in LABELS.items()
        if payload.get(name) not in (None, "")
    ]
    if event.why.startswith("unread:"):  # the form as it was: by the names of its fields
        known = {*LABELS, "material", "field", CORRECTED}
        given += [(name, text) for name, text in payload.items() if name not in known and text]
    return found + given


def put_right(event: FieldEvent) -> list[Row]:
    """What the office made of it before it was taken."""
    return [(LABELS.get(name, name), text) for name, text in event.payload.get(CORRECTED, {}).items()]


def standing(event: FieldEvent) -> list[Row]:
    """What stands now where the phone wants to write."""
    assignment = event.assignment
    if assignment is None:
        return []
    planned = f"{assignment.technician}, {formats.moment(assignment.starts_at)}"
    if not assignment.active:
        planned += " · " + _("taken off the plan")
    found: list[Row] = [(_("Planned on"), planned)]
    order = assignment.work_order
    if order is None:
        return found
    found.append((_("Work order"), f"{order} · {order.get_status_display()}"))
    visits = Visit.objects.filter(work_order=order).select_related("technician__user", "sign_off")
    found += [(visit.technician, visit.get_status_display()) for visit in visits]
    found += [
        row for visit in visits if visit.assignment_id == assignment.pk for row in _of_kind(event, visit)
    ]
    return found


def _of_kind(event: FieldEvent, visit: Visit) -> Iterable[Row]:
    """What the visit has of the kind of thing that the phone reports."""
    kind = EVENTS.get(event.kind)
    tell = _STANDING.get(kind.about) if kind else None
    return tell(event, visit) if tell else []


def _lines(show: Callable[[Any], str], rows: Iterable[Any]) -> str:
    return "\n".join(show(row) for row in rows) or _("nothing")


def _clock(_event: FieldEvent, visit: Visit) -> list[Row]:
    return [(_("Clock"), _lines(_stretch, visit.time_entries.all()))]


def _stretch(entry: TimeEntry) -> str:
    until = formats.clock_time(entry.ended_at) if entry.ended_at else _("runs")
    return f"{entry.get_kind_display()} {formats.moment(entry.started_at)} – {until}"


def _answer(event: FieldEvent, visit: Visit) -> list[Row]:
    pk = pk_read(event.payload.get("field"))
    answer = FormAnswer.objects.filter(visit=visit, field=pk).select_related("field").first()
    return [(_("Answer"), answer_text(answer.field, answer.value) if answer else _("nothing"))]


def _materials(_event: FieldEvent, visit: Visit) -> list[Row]:
    rows = visit.materials.select_related("material")
    return [(_("Materials"), _lines(_used, rows))]


def _used(usage: MaterialUsage) -> str:
    return f"{usage.name}, {formats.quantity(usage.quantity, usage.unit_label)}"


def _extra(_event: FieldEvent, visit: Visit) -> list[Row]:
    return [(_("Extra work"), _lines(str, visit.extra_work.all()))]


def _deviations(_event: FieldEvent, visit: Visit) -> list[Row]:
    return [(_("Noticed"), _lines(str, visit.deviations.all()))]


def _work_done(_event: FieldEvent, visit: Visit) -> list[Row]:
    return [(_("Work done"), visit.work_done or _("nothing"))]


def _photos(event: FieldEvent, visit: Visit) -> list[Row]:
    kind = event.kind.removesuffix("_photo")
    return [(_("Photos"), visit.photos.filter(kind=kind).count())]


def _signed(_event: FieldEvent, visit: Visit) -> list[Row]:
    signed = visit.sign_off
    return [(_("Signature"), f"{signed} · {formats.moment(signed.at)}" if signed else _("nothing"))]


def _unit(unit: str) -> Any:
    return Unit(unit).label if unit in Unit.values else unit


_STANDING: dict[About, Callable[[FieldEvent, Visit], list[Row]]] = {
    About.CLOCK: _clock,
    About.PHOTOS: _photos,
    About.CHECKLIST: _answer,
    About.WORK_DONE: _work_done,
    About.MATERIALS: _materials,
    About.EXTRA_WORK: _extra,
    About.ISSUES: _deviations,
    About.SIGNATURE: _signed,
}
