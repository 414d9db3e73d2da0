"""What each kind of event does to its visit. Called by the receipt book only, under its locks and savepoint."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.dateparse import parse_datetime

from apps.core import clock
from apps.core.canonical import fingerprint
from apps.core.numbers import Unreadable, event_read, pk_read
from apps.field import rules
from apps.field.actions import clock_events
from apps.field.actions.reported import Recording
from apps.field.actions.visits import (
    end_propose,
    signature_outdate,
    visit_change,
    work_order_move,
)
from apps.field.evidence import answer_value, outside_said, shown_of
from apps.field.models import (
    Deviation,
    ExtraWork,
    FormAnswer,
    MaterialUsage,
    PhotoKind,
    ReturnedItem,
    SignOff,
)
from apps.field.rules import Unfit
from apps.materials.models import Material, Unit
from apps.workorders.models import FieldKind, JobFormField


def record(recording: Recording) -> None:
    """Apply the event. Raises Unfit when it does not fit."""
    _HANDLERS[recording.event.kind](recording)
    if recording.event.kind in rules.CHANGES_THE_WORK:
        signature_outdate(recording.visit, recording.at)
    elif recording.event.kind == "start":  # whatever was signed is not about this visit
        signature_outdate(recording.visit, recording.at, before=recording.at)


# -- photos and answers ------------------------------------------------------------


def _before_photo(one: Recording) -> None:
    one.photo(PhotoKind.BEFORE)


def _after_photo(one: Recording) -> None:
    one.photo(PhotoKind.AFTER)


def _issue_photo(one: Recording) -> None:
    one.photo(PhotoKind.ISSUE)


def _answer(one: Recording) -> None:
    field = JobFormField.objects.filter(
        pk=_whole(one.payload.get("field")), version_id=one.work_order.job_form_version_id
    ).first()
    if field is None:
        raise Unfit("unknown_field")
    value = answer_value(field, one.payload.get("value"), has_file=one.file_id is not None)
    was = FormAnswer.objects.filter(visit=one.visit, field=field).first()
    if value in ("", None, False) and field.kind != FieldKind.TICK:
        raise Unfit("no_text")
    if was is not None and was.at > one.at and not one.forced:
        return _flag(one, field, value)  # answered again since, on another phone: that answer stands
    answer = was or FormAnswer(visit=one.visit, field=field)
    changed = was is None or was.value != value
    # What the office puts in the records stands above whatever was answered since.
    answer.value, answer.at = value, clock.now() if one.forced else one.at
    if one.file_id:
        answer.file_id = one.file_id
    answer.save()
    if changed:
        _flag(one, field, value)


def _flag(one: Recording, field: JobFormField, value: Any) -> None:
    """A reading outside its limits is no mistake of the technician's: the office gets to know of it, and why it is so."""
    if text := outside_said(field, value):
        if about := one.text("about", longest=1000):
            text = f"{text}. {about}"
        Deviation.objects.create(visit=one.visit, field=field, text=text, at=one.at)


# -- what was done -------------------------------------------------------------------


def _work_done(one: Recording) -> None:
    text = one.text("text")
    if not text:
        raise Unfit("no_text")
    if not one.is_overtaken(["work_done"], visit=one.visit):
        visit_change(one.visit, work_done=text)


def _material(one: Recording) -> None:
    known = Material.objects.for_job(one.work_order)
    material = (Material.objects.all() if one.forced else known).filter(
        pk=_whole(one.payload.get("material"))
    )
    found = material.first()
    if found is None:
        raise Unfit("unknown_material")
    _used(one, material=found)


def _material_other(one: Recording) -> None:
    """A part in words: what it costs, nobody on site knows."""
    description, unit = one.text("description", longest=200), one.text("unit", longest=60)
    if not description:
        raise Unfit("no_text")
    if unit not in Unit.values:
        raise Unfit("not_a_choice", unit)
    photo = one.photo(PhotoKind.PART) if one.file_id else None
    _used(one, description=description, own_unit=unit, photo=photo)


def _used(one: Recording, **what: Any) -> None:
    MaterialUsage.objects.create(visit=one.visit, quantity=_amount(one), at=one.at, **what)
    if one.visit.no_materials:
        visit_change(one.visit, no_materials=False)


def _amount(one: Recording) -> Decimal:
    given = str(one.payload.get("quantity", ""))
    try:
        return event_read(given, rules.QUANTITY)
    except Unreadable as error:
        raise Unfit("not_a_number", given[:60]) from error


def _material_remove(one: Recording) -> None:
    _take_off(MaterialUsage.objects.filter(visit=one.visit, pk=_whole(one.payload.get("usage"))))


def _no_materials(one: Recording) -> None:
    if one.visit.materials.exists():
        raise Unfit("there_are_some")
    visit_change(one.visit, no_materials=True)


def _material_extra(one: Recording) -> None:
    """A part was used for extra work, or, with an empty one, was not."""
    usage = MaterialUsage.objects.filter(visit=one.visit, pk=_whole(one.payload.get("usage"))).first()
    wanted = one.payload.get("extra_work")
    extra = ExtraWork.objects.filter(visit=one.visit, pk=_whole(wanted)).first() if wanted else None
    if usage is None or (wanted and extra is None):
        raise Unfit("unknown_record")
    usage.extra_work = extra
    usage.save(update_fields=["extra_work"])


def _extra_work(one: Recording) -> None:
    if not one.forced and not one.visit.technician.may_add_extra_work:
        raise Unfit("may_not_extra")
    description = one.text("description")
    if not description:
        raise Unfit("no_text")
    given = str(one.payload.get("hours") or "0")
    try:
        hours = event_read(given, rules.HOURS)
    except Unreadable as error:
        raise Unfit("not_a_number", given[:60]) from error
    ExtraWork.objects.create(visit=one.visit, description=description, hours=hours, at=one.at)
    if one.visit.no_extra_work:
        visit_change(one.visit, no_extra_work=False)


def _extra_work_remove(one: Recording) -> None:
    pk = _whole(one.payload.get("extra_work"))
    MaterialUsage.objects.filter(visit=one.visit, extra_work=pk, extra_work__status="waiting").update(
        extra_work=None
    )
    _take_off(ExtraWork.objects.filter(visit=one.visit, status="waiting", pk=pk))


def _no_extra_work(one: Recording) -> None:
    if one.visit.extra_work.exists():
        raise Unfit("there_are_some")
    visit_change(one.visit, no_extra_work=True)


def _take_off(rows: Any) -> None:
    """Remove one recording. The database refuses once something above the price line refers to it."""
    try:
        with transaction.atomic():
            # Not .delete(): that would ask tables that a technician's role cannot read.
            gone = rows._raw_delete(rows.db)
    except IntegrityError as error:
        raise Unfit("in_review") from error
    if not gone:
        raise Unfit("unknown_record")


def _deviation(one: Recording) -> None:
    text = one.text("text")
    if not text:
        raise Unfit("no_text")
    blocks = one.payload.get("blocks") in (True, "true", "on", "1", 1)
    Deviation.objects.create(visit=one.visit, text=text, blocks=blocks, at=one.at)
    if one.file_id:
        one.photo(PhotoKind.ISSUE)
    if one.visit.no_deviation:
        visit_change(one.visit, no_deviation=False)
    if blocks:
        clock_events.leave(one)
        work_order_move(one.work_order, "report_issue", by=one.by, reason=text)


def _no_deviation(one: Recording) -> None:
    if one.visit.deviations.exists():
        raise Unfit("there_are_some")
    visit_change(one.visit, no_deviation=True)


def _sign_off(one: Recording) -> None:
    """Keep the signature with exactly what was shown. A phone that says what it showed must have shown how things are."""
    name, reason = one.text("name", longest=120), one.text("reason", longest=200)
    signed = bool(name and one.file_id)
    if not signed and not reason:
        raise Unfit("no_signature")
    shown_at = parse_datetime(str(one.payload.get("shown_at", ""))) or one.at
    shown = shown_of(one.visit, at=shown_at, on_phone=str(one.payload.get("on_phone", "")))
    seen = one.payload.get("shown_hash")
    if seen and seen != fingerprint(shown) and not one.forced:
        raise Unfit("shown_changed")
    sign_off = SignOff.objects.create(
        visit=one.visit,
        name=name,
        signature_id=one.file_id if signed else None,
        reason="" if signed else reason,
        shown=shown,
        shown_hash=fingerprint(shown),
        at=one.at,
    )
    _signature_stands(one, sign_off)


def _signature_stands(one: Recording, sign_off: SignOff) -> None:
    """A job has one signature, the last by the moment it was given, as long as nothing was changed after that."""
    signed = SignOff.objects.filter(visit__work_order=one.work_order).exclude(pk=sign_off.pk)
    last = signed.order_by("at", "pk").last()
    is_last = last is None or last.at <= one.at or one.forced
    if last is not None and not is_last and last.visit_id == one.visit.pk:
        return
    if is_last:
        signature_outdate(one.visit, one.at)
    changed = one.is_overtaken(rules.CHANGES_THE_WORK, visit__work_order=one.work_order)
    visit_change(
        one.visit,
        sign_off=sign_off,
        sign_off_outdated_at=None,
        sign_off_overtaken_at=one.at if changed or not is_last else None,
    )


def _returned_fixed(one: Recording) -> None:
    items = ReturnedItem.objects.filter(visit=one.visit, pk=_whole(one.payload.get("item")))
    if not items.filter(resolved_at__isnull=True).update(resolved_at=one.at) and not items.exists():
        raise Unfit("unknown_record")


def _time_proposal(one: Recording) -> None:
    reason, ended_at = one.text("reason", longest=500), parse_datetime(str(one.payload.get("ended_at", "")))
    if not reason:
        raise Unfit("no_reason")
    if ended_at is None or ended_at.tzinfo is None:
        raise Unfit("outside_the_stretch")
    end_propose(
        one.visit, entry=_whole(one.payload.get("entry")), ended_at=ended_at, reason=reason, at=one.at
    )


def _whole(value: Any) -> int:
    """An id from a payload; anything else finds nothing."""
    found = pk_read(value)
    return -1 if found is None else found


_HANDLERS: dict[str, Callable[[Recording], None]] = {
    "travel": clock_events.travel,
    "turn_back": clock_events.turn_back,
    "before_photo": _before_photo,
    "start": clock_events.start,
    "pause": clock_events.pause,
    "stop": clock_events.stop,
    "resume": clock_events.resume,
    "answer": _answer,
    "work_done": _work_done,
    "material": _material,
    "material_other": _material_other,
    "material_remove": _material_remove,
    "material_extra": _material_extra,
    "no_materials": _no_materials,
    "extra_work": _extra_work,
    "extra_work_remove": _extra_work_remove,
    "no_extra_work": _no_extra_work,
    "deviation": _deviation,
    "no_deviation": _no_deviation,
    "issue_photo": _issue_photo,
    "after_photo": _after_photo,
    "sign_off": _sign_off,
    "returned_fixed": _returned_fixed,
    "finish": clock_events.finish,
    "goes_on": clock_events.goes_on,
    "no_access": clock_events.no_access,
    "hold": clock_events.hold,
    "time_proposal": _time_proposal,
}
