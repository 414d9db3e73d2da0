"""What the events of a job's questions do to their visit: photos, checklist, work done, issues, signature."""

from typing import Any

from django.utils import translation
from django.utils.dateparse import parse_datetime

from apps.core import clock
from apps.core.canonical import fingerprint
from apps.field.actions import clock_events
from apps.field.actions.reported import Recording, records
from apps.field.actions.visits import end_propose, signature_outdate, visit_change, work_order_move
from apps.field.events import CHANGES_THE_WORK
from apps.field.evidence import answer_value, outside_said, shown_of
from apps.field.models import Deviation, FormAnswer, PhotoKind, ReturnedItem, SignOff
from apps.field.rules import Unfit
from apps.workorders.models import FieldKind, JobFormField

# -- photos and answers ------------------------------------------------------------


@records("before_photo")
def before_photo(one: Recording) -> None:
    one.photo(PhotoKind.BEFORE)


@records("after_photo")
def after_photo(one: Recording) -> None:
    one.photo(PhotoKind.AFTER)


@records("issue_photo")
def issue_photo(one: Recording) -> None:
    one.photo(PhotoKind.ISSUE)


@records("answer")
def answer(one: Recording) -> None:
    field = JobFormField.objects.filter(
        pk=one.pk("field"), version_id=one.work_order.job_form_version_id
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


# -- work done and issues ------------------------------------------------------------


@records("work_done")
def work_done(one: Recording) -> None:
    text = one.text("text")
    if not text:
        raise Unfit("no_text")
    if not one.is_overtaken(["work_done"], visit=one.visit):
        visit_change(one.visit, work_done=text)


@records("deviation")
def deviation(one: Recording) -> None:
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


@records("no_deviation")
def no_deviation(one: Recording) -> None:
    if one.visit.deviations.exists():
        raise Unfit("there_are_some")
    visit_change(one.visit, no_deviation=True)


# -- at the end ------------------------------------------------------------------------


@records("sign_off")
def sign_off(one: Recording) -> None:
    """Keep the signature with exactly what was shown. A phone that says what it showed must have shown how things are."""
    name, reason = one.text("name", longest=120), one.text("reason", longest=200)
    signed = bool(name and one.file_id)
    if not signed and not reason:
        raise Unfit("no_signature")
    shown_at = parse_datetime(str(one.payload.get("shown_at", ""))) or one.at
    # In the words that stood on the screen of the phone, whatever language the event is applied in.
    with translation.override(one.event.user.language):
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
    changed = one.is_overtaken(CHANGES_THE_WORK, visit__work_order=one.work_order)
    visit_change(
        one.visit,
        sign_off=sign_off,
        sign_off_outdated_at=None,
        sign_off_overtaken_at=one.at if changed or not is_last else None,
    )


@records("returned_fixed")
def returned_fixed(one: Recording) -> None:
    items = ReturnedItem.objects.filter(visit=one.visit, pk=one.pk("item"))
    if not items.filter(resolved_at__isnull=True).update(resolved_at=one.at) and not items.exists():
        raise Unfit("unknown_record")


@records("time_proposal")
def time_proposal(one: Recording) -> None:
    reason, ended_at = one.text("reason", longest=500), parse_datetime(str(one.payload.get("ended_at", "")))
    if not reason:
        raise Unfit("no_reason")
    if ended_at is None or ended_at.tzinfo is None:
        raise Unfit("outside_the_stretch")
    end_propose(one.visit, entry=one.pk("entry"), ended_at=ended_at, reason=reason, at=one.at)
