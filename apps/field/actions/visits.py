"""The visit and its work order: how the one moves the other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.actors import SYSTEM, Actor
from apps.core.audit import audit_record
from apps.core.changes import assign
from apps.core.refusals import Refused
from apps.core.transitions import move
from apps.field.actions.copies import work_order_copy_send
from apps.field.models import ReturnedItem, TimeEntry, TimeKind, TimeProposal, Visit
from apps.field.rules import SKEW_TOLERATED, Unfit, end_of
from apps.messaging.actions import notice_send
from apps.planning.actions import coming_visits_cancel
from apps.planning.models import Assignment
from apps.technicians.models import Technician
from apps.workorders.actions import work_order_left
from apps.workorders.models import WorkOrder


def visit_for(assignment: Assignment, *, technician: Technician | None = None) -> Visit:
    """The visit that belongs to an assignment, made if there is none yet. Call it with the work order locked."""
    technician = technician or assignment.technician
    visit, _made = Visit.objects.get_or_create(
        assignment=assignment,
        technician=technician,
        defaults={"work_order_id": assignment.work_order_id},  # type: ignore[misc]
    )
    return visit


@dataclass(frozen=True)
class ReturnItem:
    """What the office wants corrected: the words, and the piece of evidence that they are about, if any."""

    text: str
    subject: models.Model | None = None


def visit_return(*, visit: Visit, items: Iterable[ReturnItem | str], by: Actor, reason: str) -> Visit:
    """Give a finished visit back to its technician, item by item; they get a notice and can finish it again.

    Moves the work order to *returned* when it is still in review. Raises Refused without an item, or when the visit
    is not finished.
    """
    wanted = [item if isinstance(item, ReturnItem) else ReturnItem(str(item)) for item in items]
    wanted = [item for item in wanted if item.text.strip()]
    if not wanted:
        raise Refused(_("Say what the technician has to correct."))
    if not visit.technician.in_service:
        raise Refused(
            _(
                "%(technician)s is no longer in service. Correct it yourself, or plan a visit of somebody else."
            )
            % {"technician": visit.technician}
        )
    now = clock.now()
    with transaction.atomic():
        work_order = WorkOrder._base_manager.select_for_update(of=("self",)).get(pk=visit.work_order_id)
        work_order_move(work_order, "return", by=by, reason=reason)
        move(visit, "reopen", by=by, reason=reason)
        ReturnedItem.objects.bulk_create(
            ReturnedItem(
                visit=visit,
                text=item.text.strip(),
                subject_type=item.subject._meta.label_lower if item.subject else "",
                subject_id=item.subject.pk if item.subject else None,
                subject_label=str(item.subject)[:200] if item.subject else "",
                returned_at=now,
                returned_by_id=by.pk,
            )
            for item in wanted
        )
        user = visit.technician.user
        with translation.override(user.language):
            words = _("The office returned %(number)s to you: %(reason)s")
        notice_send(
            user=user,
            text=words % {"number": work_order.number, "reason": reason},
            url=reverse("phone:job", args=[visit.assignment_id]),
        )
    return visit


def work_order_settle(*, work_order: WorkOrder, by: Actor = SYSTEM) -> bool:
    """Hand a job in for review when all its visits are done, also when the last one was taken off the plan.

    Returns whether it moved.
    """
    with transaction.atomic():
        work_order = WorkOrder._base_manager.select_for_update(of=("self",)).get(pk=work_order.pk)
        done = Visit.objects.filter(work_order=work_order)
        if not done.filter(status="finished").exists() or remaining(work_order).exists():
            return False
        if done.exclude(status__in=["finished", "no_access"]).filter(held_at__isnull=True).exists():
            return False
        return work_order_end(work_order, by=by)


def work_order_enough(*, work_order: WorkOrder, by: Actor, reason: str) -> WorkOrder:
    """Nobody has to come again: what is planned goes off the plan, and what was done goes to review.

    Raises Refused while nobody handed in a visit: such a job is cancelled.
    """
    with transaction.atomic():
        if not Visit.objects.filter(work_order=work_order, status="finished").exists():
            words = _("Nobody handed in a visit of %(number)s. Cancel it, if it will not be done.")
            raise Refused(words % {"number": work_order})
        coming_visits_cancel(work_order=work_order, by=by, reason=reason)
        work_order = move(work_order, "enough", by=by, reason=reason)
        return work_order_left(work_order=work_order, left_over="", hours_left=None)


# -- used by the recordings -----------------------------------------------------


def remaining(work_order: WorkOrder, *, besides: Visit | None = None) -> models.QuerySet[Assignment]:
    """The active assignments of a job whose visit is not done.

    A visit that was left on hold counts as done once the job was planned anew.
    """
    mine = Visit.objects.filter(assignment=OuterRef("pk"), technician=OuterRef("technician"))
    planned_anew = Assignment.objects.filter(
        work_order=work_order, active=True, created_at__gt=OuterRef("held_at")
    )
    done = mine.filter(Q(status__in=["finished", "no_access"]) | Q(Exists(planned_anew)))
    found = Assignment.objects.filter(work_order=work_order, active=True).filter(~Exists(done))
    return found.exclude(pk=besides.assignment_id) if besides else found


def is_still_planned(work_order: WorkOrder, *, besides: Visit) -> bool:
    """Whether somebody is still to go on with the job: a colleague, or this technician at another visit."""
    return remaining(work_order, besides=besides).exists()


def work_order_move(work_order: WorkOrder, step: str, *, by: Actor, reason: str = "") -> bool:
    """Take a step of the work order if it stands where that starts; the field never insists."""
    if work_order.status not in WorkOrder.steps[step].sources:
        return False
    move(work_order, step, by=by, reason=reason)
    return True


def last_word(work_order: WorkOrder) -> Visit | None:
    """The visit that says whether the job is done: the last one that was handed in, by the moment that it was."""
    return Visit.objects.filter(work_order=work_order, status="finished").order_by("finished_at", "pk").last()


def work_order_end(work_order: WorkOrder, *, by: Actor) -> bool:
    """No visit is left: the job is to be reviewed, or to be planned again when the last word is that it goes on."""
    word = last_word(work_order)
    if word is not None and word.goes_on:
        return work_order_move(work_order, "go_on", by=by, reason=word.left_over or _("The job goes on."))
    return work_order_finish(work_order, by=by)


def work_order_finish(work_order: WorkOrder, *, by: Actor) -> bool:
    """The last visit is done: ready for review, and the customer gets a copy."""
    if not work_order_move(work_order, "finish", by=by):
        return False
    work_order_copy_send(work_order=work_order)
    return True


def clock_stop(visit: Visit, at: datetime) -> None:
    """Stop whatever clock of the visit runs. One that a start elsewhere closed is cut short when it stopped before that."""
    clocks = visit.time_entries.clocked().select_for_update(of=("self",))
    last = clocks.order_by("started_at", "id").last()
    if last is not None and (last.ended_at is None or _cuts(last, at)):
        last.ended_at, last.closed_by = end_of(last.started_at, at), None
        last.save(update_fields=["ended_at", "closed_by"])


def clock_start(visit: Visit, kind: str, at: datetime, *, by: Actor) -> TimeEntry | None:
    """Stop whatever clock of the visit runs, and start one of this kind at that moment.

    A technician has one clock: the later start closes the earlier at its own moment, also when the earlier is heard of
    last, and both visits say so. A pause stops no clock elsewhere: then there is none.
    """
    clock_stop(visit, at)
    last = visit.time_entries.clocked().aggregate(last=models.Max("ended_at"))["last"]
    at = max(at, last) if last else at
    # What the office noted is no clock: a sign says where it overlaps what a phone tells later.
    elsewhere = TimeEntry.objects.clocked().filter(technician=visit.technician_id).exclude(visit=visit)
    elsewhere = elsewhere.select_related("visit__work_order")
    # What runs, or ran on by a stop that another phone of theirs told first.
    covers = Q(ended_at__isnull=True) | Q(ended_at__gt=at)
    earlier = list(
        elsewhere.select_for_update(of=("self",)).filter(covers, started_at__lte=at + SKEW_TOLERATED)
    )
    later = elsewhere.filter(started_at__gt=at + SKEW_TOLERATED).order_by("started_at", "id").first()
    running = any(one.ended_at is None for one in earlier) or (later is not None and later.ended_at is None)
    if kind == TimeKind.PAUSE and (earlier or running):
        return None
    ran = {one.pk for one in earlier if one.ended_at is None}
    for one in earlier:
        one.ended_at = end_of(one.started_at, at)
        one.save(update_fields=["ended_at"])
    entry = TimeEntry.objects.create(
        visit=visit,
        kind=kind,
        started_at=at,
        ended_at=later.started_at if later else None,
        closed_by=later,
    )
    for one in earlier:
        one.closed_by = entry
        one.save(update_fields=["closed_by"])
        _closed(one.visit, by_start_of=visit, at=at, by=by, ran=one.pk in ran)
    if later is not None:
        _closed(visit, by_start_of=later.visit, at=later.started_at, by=by)
    return entry


def end_propose(visit: Visit, *, entry: int, ended_at: datetime, reason: str, at: datetime) -> None:
    """Say when the work ended whose clock ran on. What was recorded stays beside it."""
    stretch = visit.time_entries.filter(pk=entry).first()
    if stretch is None:
        raise Unfit("unknown_record")
    if not stretch.started_at <= ended_at <= (stretch.ended_at or at):
        raise Unfit("outside_the_stretch")
    TimeProposal.objects.create(entry=stretch, ended_at=ended_at, reason=reason, at=at)


def clock_was_closed(visit: Visit) -> bool:
    """Whether the visit's clock stands because the technician's was started elsewhere."""
    last = visit.time_entries.clocked().order_by("started_at", "id").last()
    return last is not None and last.closed_by_id is not None


def _cuts(entry: TimeEntry, at: datetime) -> bool:
    """Whether a stop at that moment comes before the start elsewhere that closed it."""
    closed = entry.closed_by_id is not None and entry.ended_at is not None
    return closed and entry.started_at <= at < entry.ended_at  # type: ignore[operator]


def _closed(visit: Visit, *, by_start_of: Visit, at: datetime, by: Actor, ran: bool = True) -> None:
    """Put the visit that the technician left, as its clock `ran`, where its stopped clock says; note it at both."""
    for subject, verb, other in (
        (visit, "visit.clock_closed", by_start_of),
        (by_start_of, "visit.clock_closed_other", visit),
    ):
        data = {"work_order": other.work_order.number, "at": at.isoformat()}
        audit_record(subject, verb=verb, by=by, data=data)
    step = {"started": "pause", "travelling": "turn_back"}.get(visit.status)
    if step and ran:
        move(visit, step, by=by)


def visit_change(visit: Visit, **values: object) -> None:
    """Change fields of the visit other than its status, in the columns that changed only."""
    assign(visit, values)
    visit.save(update_fields=list(values))
    visit.version += 1


def signature_outdate(visit: Visit, at: datetime, *, before: datetime | None = None) -> None:
    """What was signed at this job, on whosever phone, is not what it is now: all of it, or what was signed `before`."""
    signed = Visit.objects.filter(work_order=visit.work_order_id).signed()
    if before is not None:
        signed = signed.filter(sign_off__at__lt=before)
    for one in signed.exclude(pk=visit.pk):
        visit_change(one, sign_off_overtaken_at=at)
    if before is None and visit.sign_off_id and visit.sign_off_outdated_at is None:
        visit_change(visit, sign_off_outdated_at=at)
