"""The receipt book: what a phone reports is stored first, and then applied exactly once."""

import logging
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.company.models import Company
from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.refusals import Forbidden, Refused
from apps.documents.models import StoredFile
from apps.field.actions.recording import record
from apps.field.actions.reported import Recording
from apps.field.actions.visits import clock_stop, clock_was_closed, visit_for
from apps.field.events import EVENTS, fits
from apps.field.models import CORRECTED, EventState, FieldEvent, TimeEntry, Visit
from apps.field.rules import PROPOSABLE, RECORDABLE, REVIEWED, Unfit
from apps.messaging.actions import notice_send
from apps.planning.models import Assignment
from apps.workorders.models import WorkOrder

log = logging.getLogger(__name__)
_losses: list[Callable[[FieldEvent, Actor], None]] = []
_worths: list[Callable[[FieldEvent], str]] = []
PHONE_LOCK = 727010


def event_record(
    *,
    user: Any,
    id: uuid.UUID | str,
    kind: str,
    assignment: Assignment | None,
    payload: dict[str, Any],
    file: StoredFile | None = None,
    occurred_at: datetime | None = None,
    skew_seconds: int = 0,
    time_zone: str = "",
    unfit: str = "",
) -> FieldEvent:
    """Store what the phone of `user` reports and apply it; the event says what became of it.

    The same `id` again, also at the same moment, gives the first one's event and changes nothing. What cannot be
    applied is kept as `to_decide` and holds up nothing behind it. `occurred_at` is the phone's clock, `skew_seconds`
    the server's minus the phone's. `unfit`: it is known already that it cannot be applied, and why. Raises Refused only
    when the id was used by somebody else.
    """
    now = clock.now()
    with transaction.atomic():
        phone_lock(user.pk)
        stored = FieldEvent.objects.select_related("visit").filter(pk=id).first()
        if stored is not None:
            if stored.user_id != user.pk:
                raise Refused(_("This was already recorded by somebody else."))
            return stored
        event = FieldEvent(
            id=id,
            user=user,
            assignment=assignment,
            kind=kind[:30],
            payload=payload,
            file=file,
            occurred_at=occurred_at or now,
            received_at=now,
            skew_seconds=max(-(2**31), min(2**31 - 1, skew_seconds)),
            time_zone=time_zone[:60],
        )
        event.save(force_insert=True)
        _apply(event, by=user, unfit=unfit)
    return event


def event_apply_after_all(
    *, event: FieldEvent, by: Actor, corrected: Mapping[str, str] | None = None
) -> FieldEvent:
    """Put what could not be applied in the records all the same, as the office decides; `corrected` is what it should
    have said. What the phone said stays readable beside it, and the technician is told. Raises Refused if it cannot be."""
    _may_decide(by)
    with transaction.atomic():
        phone_lock(event.user_id)
        event = _to_decide(event)
        changes = {
            name: text for name, text in (corrected or {}).items() if text != str(event.payload.get(name, ""))
        }
        if changes:
            event.payload = event.payload | {CORRECTED: changes}
        actor = event.user if event.user.may("record_work") else by
        try:
            with transaction.atomic():
                _apply_now(event, by=actor, forced=True)
        except Unfit as unfit:
            event.why = str(unfit)
            raise Refused(event.why_sentence) from unfit
        _decided(event, by=by, decision="", verb="field_event.apply_after_all")
        _tell(event, gettext_noop("The office put “%(what)s” in the records of %(job)s."))
    return event


def on_set_aside(check: Callable[[FieldEvent, Actor], None], worth: Callable[[FieldEvent], str]) -> None:
    """Say, in AppConfig.ready, who may set aside what an event is worth, and that in words: prices stand above this app."""
    _losses[:], _worths[:] = [check], [worth]


def event_worth(event: FieldEvent) -> str:
    """What is decided about, for whoever may see it; empty for what is worth nothing."""
    return next((text for worth in _worths if (text := worth(event))), "")


def event_set_aside(*, event: FieldEvent, by: Actor, reason: str) -> FieldEvent:
    """Decide that what was reported changes nothing. It stays readable, with the reason, and the technician is told.

    Raises Forbidden for who may not give up what it is worth.
    """
    _may_decide(by)
    if not reason.strip():
        raise Refused(_("Give a reason."))
    with transaction.atomic():
        event = _to_decide(event)
        for check in _losses:
            check(event, by)
        _decided(event, by=by, decision=reason.strip(), verb="field_event.set_aside")
        _tell(event, gettext_noop("The office set “%(what)s” of %(job)s aside: %(reason)s"))
    return event


def phone_lock(user_id: int) -> None:
    """One event of a phone at a time: that keeps their order, and makes a repeated one wait for the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s::int)", [PHONE_LOCK, user_id])


def _apply(event: FieldEvent, *, by: Actor, unfit: str) -> None:
    """Apply under a savepoint; whatever goes wrong is noted at the event, never raised."""
    try:
        if unfit:
            raise Unfit(*unfit.split(":", 1))
        # A refusal is kept as a sentence: it is the office that reads it.
        with transaction.atomic(), translation.override(Company.objects.language()):
            _apply_now(event, by=by, forced=False)
    except Unfit as unfit:
        event.why = str(unfit)
    except Refused as refused:
        event.why = f"refused:{refused}"
    except Exception as error:  # a bug of ours must never lose a technician's work
        log.exception("event %s (%s) could not be applied", event.pk, event.kind)
        event.why = f"fault:{type(error).__name__}"
    event.state = EventState.TO_DECIDE if event.why else EventState.APPLIED
    if event.why:
        event.visit = None  # whatever the savepoint took back
    event.save(update_fields=["state", "why", "visit"])


def _apply_now(event: FieldEvent, *, by: Actor, forced: bool) -> None:
    assignment = event.assignment
    if assignment is None:
        raise Unfit("unknown_visit")
    if assignment.work_order_id is None:
        raise Unfit("intake")
    if event.kind not in EVENTS:
        raise Unfit("unknown_kind")
    work_order = WorkOrder._base_manager.select_for_update(of=("self",)).get(pk=assignment.work_order_id)
    # What the office did up to this moment counts; it waits for the lock from here on.
    assignment = Assignment.objects.select_related("technician").get(pk=assignment.pk)
    technician = assignment.technician
    leaves = _leaves_what_was_taken(event, assignment)
    if not (forced or leaves):
        _check_still_theirs(assignment, work_order, event)
    elif technician.user_id != event.user_id and hasattr(event.user, "technician"):
        technician = event.user.technician
    visit = visit_for(assignment, technician=technician)
    if leaves and visit.status == "travelling":
        event.visit = visit
        return clock_stop(visit, event.happened_at)
    if not fits(event.kind, visit.status) and not forced and not _was_closed_meanwhile(event, visit):
        raise Unfit("out_of_order", visit.status)
    event.visit = visit
    record(
        Recording(event=event, visit=visit, work_order=work_order, at=event.happened_at, by=by, forced=forced)
    )


def _leaves_what_was_taken(event: FieldEvent, assignment: Assignment) -> bool:
    """Whoever's job went off the plan while their clock ran there stops it: that takes nothing from anybody."""
    theirs = assignment.active and assignment.technician.user_id == event.user_id
    if event.kind != "stop" or theirs:
        return False
    own = TimeEntry.objects.filter(visit__assignment=assignment, visit__technician__user=event.user_id)
    return own.filter(ended_at__isnull=True).exists()


def _was_closed_meanwhile(event: FieldEvent, visit: Visit) -> bool:
    """A phone that stops a clock need not know that the technician's start elsewhere closed it already."""
    return event.kind in ("stop", "pause") and visit.status == "paused" and clock_was_closed(visit)


def _check_still_theirs(assignment: Assignment, work_order: WorkOrder, event: FieldEvent) -> None:
    if work_order.status == "cancelled":
        raise Unfit("cancelled")
    if assignment.technician.user_id != event.user_id:
        raise Unfit("not_yours")
    explains = event.kind == "time_proposal"
    if not assignment.active or (work_order.status == "to_plan" and not explains):
        raise Unfit("not_planned")
    if work_order.status not in (PROPOSABLE | REVIEWED if explains else RECORDABLE):
        raise Unfit("already_reviewed")


def _may_decide(by: Actor) -> None:
    if not by.may("manage_work_orders"):
        raise Forbidden(_("You may not decide about this."))


def _to_decide(event: FieldEvent) -> FieldEvent:
    event = FieldEvent.objects.select_for_update(of=("self",)).select_related("user").get(pk=event.pk)
    if event.state != EventState.TO_DECIDE:
        raise Refused(_("Somebody has already decided about this."))
    return event


def _decided(event: FieldEvent, *, by: Actor, decision: str, verb: str) -> None:
    event.state = EventState.DECIDED
    event.decided_by_id = by.pk
    event.decided_at = clock.now()
    event.decision = decision[:200]
    event.save(update_fields=["state", "visit", "payload", "decided_by", "decided_at", "decision"])
    subject = event.visit or event.assignment
    if subject is not None:
        audit_record(
            subject, verb=verb, by=by, reason=decision, data={"event": str(event.pk), "kind": event.kind}
        )


def _tell(event: FieldEvent, words: str) -> None:
    """The technician hears what became of it, in their own language."""
    with translation.override(event.user.language):
        job = event.assignment.job if event.assignment else ""
        told = _(words) % {"what": event.kind_label, "job": job, "reason": event.decision}
    notice_send(user=event.user, text=told, url=reverse("phone:decisions"))
