"""What the events of the clock do to their visit, from leaving for it to handing it in."""

from decimal import Decimal

from apps.core.audit import audit_record
from apps.core.numbers import Unreadable, event_read
from apps.field import rules
from apps.field.actions import mails
from apps.field.actions.reported import Recording, records
from apps.field.actions.visits import (
    clock_start,
    clock_stop,
    clock_was_closed,
    last_word,
    remaining,
    visit_change,
    work_order_end,
    work_order_finish,
    work_order_move,
)
from apps.field.evidence import facts_of
from apps.field.models import PhotoKind, TimeKind, VisitPhoto
from apps.field.rules import Unfit
from apps.field.steps import missing
from apps.workorders.actions import work_order_left


@records("travel")
def travel(one: Recording) -> None:
    one.step("travel")
    trip = clock_start(one.visit, TimeKind.TRAVEL, one.at, by=one.by)
    if trip is not None and trip.ended_at is None:
        mails.on_my_way(visit=one.visit, work_order=one.work_order, left_at=one.at)


@records("turn_back")
def turn_back(one: Recording) -> None:
    """Not on the way after all. The trip stays as short as it was; the mail stays here, if it has not left."""
    clock_stop(one.visit, one.at)
    one.step("turn_back")


@records("start")
def start(one: Recording) -> None:
    found = VisitPhoto.objects.filter(visit__work_order=one.work_order, kind=PhotoKind.BEFORE)
    if not one.forced and not found.exists():
        raise Unfit("needs_before_photo")
    one.step("start")
    clock_start(one.visit, TimeKind.WORK, one.at, by=one.by)
    _go_on(one)


@records("pause")
def pause(one: Recording) -> None:
    if one.visit.status == "paused" and clock_was_closed(one.visit):
        return clock_stop(one.visit, one.at)
    one.step("pause")
    clock_start(one.visit, TimeKind.PAUSE, one.at, by=one.by)


@records("stop")
def stop(one: Recording) -> None:
    if one.visit.status != "paused" or not clock_was_closed(one.visit):
        one.step("pause")
    clock_stop(one.visit, one.at)


@records("resume")
def resume(one: Recording) -> None:
    one.step("resume")
    clock_start(one.visit, TimeKind.WORK, one.at, by=one.by)
    _go_on(one)


def _go_on(one: Recording) -> None:
    """The job is being worked on again, unless it waits for something that this visit did not ask for."""
    own_hold = one.visit.held_at is not None
    if own_hold:
        visit_change(one.visit, held_at=None)
    if own_hold or one.work_order.status in ("planned", "missed"):
        work_order_move(one.work_order, "start", by=one.by)


@records("finish")
def finish(one: Recording) -> None:
    """The visit is done, and the job with it as far as this technician knows."""
    _hand_in(one)


@records("goes_on")
def goes_on(one: Recording) -> None:
    """The visit is done, and the job is not: what is left, unless somebody else is still to come, and for how long."""
    left_over, given = one.text("left_over", longest=2000), str(one.payload.get("hours_left") or "")
    alone = not remaining(one.work_order, besides=one.visit).exists()
    if alone and not left_over and not one.forced:
        raise Unfit("nothing_left")
    try:
        hours = event_read(given, rules.HOURS) if given else None
    except Unreadable as error:
        raise Unfit("not_a_number", given[:60]) from error
    _hand_in(one, goes_on=True, left_over=left_over, hours_left=hours or None)


def _hand_in(
    one: Recording, *, goes_on: bool = False, left_over: str = "", hours_left: Decimal | None = None
) -> None:
    if not one.forced and (gaps := missing(facts_of(one.visit), ends=not goes_on)):
        raise Unfit("incomplete", ",".join(gap.key for gap in gaps))
    clock_stop(one.visit, one.at)
    visit_change(
        one.visit,
        finished_at=one.at,
        held_at=None,
        goes_on=goes_on,
        left_over=left_over,
        hours_left=hours_left,
    )
    one.step("finish")
    if (word := last_word(one.work_order)) is not None:
        work_order_left(work_order=one.work_order, left_over=word.left_over, hours_left=word.hours_left)
    if not remaining(one.work_order, besides=one.visit).exists():
        work_order_end(one.work_order, by=one.by)


@records("no_access")
def no_access(one: Recording) -> None:
    reason = one.text("reason", longest=500)
    if not reason:
        raise Unfit("no_reason")
    if one.file_id:
        one.photo(PhotoKind.NO_ACCESS)
    elif not one.forced:
        raise Unfit("no_photo")
    clock_stop(one.visit, one.at)
    one.step("no_access", reason=reason)
    if remaining(one.work_order, besides=one.visit).exists():
        return
    word = last_word(one.work_order)
    if word is not None and not word.goes_on:
        work_order_finish(one.work_order, by=one.by)
    else:
        work_order_move(one.work_order, "miss", by=one.by, reason=reason)


@records("hold")
def hold(one: Recording) -> None:
    reason = one.text("reason", longest=500)
    if not reason:
        raise Unfit("no_reason")
    leave(one)
    if not work_order_move(one.work_order, "hold", by=one.by, reason=reason):
        # It waits already, for a colleague or for the office: what it waits for here is said beside that.
        audit_record(one.work_order, verb="workorder.also_waits", by=one.by, reason=reason)


def leave(one: Recording) -> None:
    """Stop before the work is done; the visit waits and no longer holds up the job once it is planned anew."""
    clock_stop(one.visit, one.at)
    if one.visit.status == "started":
        one.step("pause")
    visit_change(one.visit, held_at=one.at)
