"""Entering time by hand, putting one's name to a week, and what the office makes of it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from apps.core import clock, formats
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.refusals import Refused
from apps.core.transitions import move
from apps.field.actions.events import phone_lock
from apps.field.models import TimeEntry
from apps.messaging.actions import notice_send
from apps.technicians.models import Technician
from apps.timesheets import rules
from apps.timesheets.figures import Sheet, sheet_of
from apps.timesheets.models import HandTime, Submission, SubmittedDay, Week
from apps.timesheets.states import WeekStatus


def time_add(
    *, technician: Technician, monday: date, weekday: int, kind: str, hours: Decimal, reason: str, by: Actor
) -> HandTime:
    """Enter time that no clock recorded. Refused when the day would hold more than a day, or the week was submitted."""
    with transaction.atomic():
        week = _open_week(technician, monday)
        that_day = week.by_hand.filter(weekday=weekday)
        known = that_day.aggregate(sum=Sum("hours"))["sum"] or rules.NOTHING
        if known + hours > rules.MOST_A_DAY:
            raise Refused(_("By hand a day would hold more than 24 hours."))
        added = HandTime.objects.create(week=week, weekday=weekday, kind=kind, hours=hours, reason=reason)
        _note(week, "week.time_add", added, by)
    return added


def time_remove(*, time: HandTime, by: Actor) -> None:
    """Take off what was entered by hand, while the week is open."""
    with transaction.atomic():
        week = _open_week(time.week.technician, time.week.monday)
        gone, _each = HandTime.objects.filter(pk=time.pk).delete()
        if gone:
            _note(week, "week.time_remove", time, by)


def week_submit(*, technician: Technician, monday: date, seen: str, by: Actor) -> Week:
    """Put one's name to the hours of a week. Refused when they are not those that were shown, or a clock runs in it."""
    now = clock.now()
    with transaction.atomic():
        phone_lock(technician.user_id)  # no phone of theirs changes a clock meanwhile
        week = _open_week(technician, monday)
        if monday > clock.today():
            raise Refused(_("This week has not begun yet."))
        sheet = _sheet_as_seen(week, seen, now)
        if sheet.is_running:
            raise Refused(_("A clock is running in this week: stop it first."))
        _state(sheet, by, now)
        move(week, "submit", by=by)
    return week


def week_submit_for(*, week: Week, by: Actor, reason: str) -> Week:
    """The office puts its name to the hours of somebody who leaves, as they stand. Refused while a clock runs in it."""
    now = clock.now()
    with transaction.atomic():
        phone_lock(week.technician.user_id)
        week = _locked(week)
        sheet = sheet_of(week.technician, week.monday, now, week)
        if sheet.is_running:
            raise Refused(_("A clock is running in this week: it has to stop first."))
        _state(sheet, by, now)
        move(week, "submit_for", by=by, reason=reason)
    return week


def week_approve(*, week: Week, seen: str, by: Actor) -> Week:
    """Approve the hours as they stand now and were shown. Where they are not those that were submitted, both stay."""
    now = clock.now()
    with transaction.atomic():
        phone_lock(week.technician.user_id)
        week = _locked(week)
        sheet = _sheet_as_seen(week, seen, now)
        if sheet.is_running:
            raise Refused(_("A clock is running in this week: it has to stop first."))
        if week.status == WeekStatus.APPROVED and not week.changed:
            raise Refused(_("These hours were approved already."))
        data = {}
        if sheet.differs:
            data = {"was": str(sheet.stated_paid), "hours": str(sheet.paid)}
            _state(sheet, by, now)
        Week.objects.filter(pk=week.pk).update(changed=False)
        move(week, "approve", by=by, data=data)
    return week


def week_give_back(*, week: Week, by: Actor, reason: str) -> Week:
    """Ask the technician to look again: a week that was submitted is returned, one that was approved reopened."""
    with transaction.atomic():
        week = _locked(week)
        step = "reopen" if week.status == WeekStatus.APPROVED else "give_back"
        Week.objects.filter(pk=week.pk).update(changed=False, returned_because=reason.strip())
        move(week, step, by=by, reason=reason)
        user = week.technician.user
        with translation.override(user.language):
            words = _("Your hours of the week of %(day)s came back: %(reason)s")
            text = words % {"day": formats.day_short(week.monday), "reason": reason.strip()[:120]}
        notice_send(user=user, text=text, url=_page(week.monday))
    return week


def weeks_ask(now: datetime) -> int:
    """Ask once for the hours of each week that is over and not submitted: in the list of the office, and by a notice.

    Of who left also for this week, and of who has no login any more by the office alone.
    """
    today = clock.today()
    this = rules.monday_of(today)
    asked = 0
    for number in range(rules.ASKED_FOR + 1):
        monday = this - timedelta(days=7 * number)
        start, _end = clock.day_bounds(monday)
        end, _next = clock.day_bounds(monday + timedelta(days=7))
        worked = TimeEntry.objects.filter(started_at__lt=end, ended_at__gt=start)
        people = Technician.objects.filter(pk__in=worked.values("technician"))
        if number == 0:
            people = people.gone(today)
        settled = Week.objects.filter(monday=monday).exclude(status="open", reminded_at__isnull=True)
        for technician in people.exclude(pk__in=settled.values("technician")).select_related("user"):
            with transaction.atomic():
                week, _made = Week.objects.get_or_create(technician=technician, monday=monday)
                Week.objects.filter(pk=week.pk).update(reminded_at=now)
                if technician.user.is_active:
                    with translation.override(technician.user.language):
                        words = _("Your hours of the week of %(day)s are not submitted yet.")
                        text = words % {"day": formats.day_short(monday)}
                    notice_send(user=technician.user, text=text, url=_page(monday))
            asked += 1
    return asked


def _page(monday: date) -> str:
    return f"{reverse('my_week:week')}?from={monday.isoformat()}"


def _open_week(technician: Technician, monday: date) -> Week:
    """The week, locked, while its technician can still change something by hand."""
    week, _made = Week.objects.get_or_create(technician=technician, monday=monday)
    week = _locked(week)
    if not week.is_open:
        raise Refused(
            _("These hours are at “%(status)s”: the office can return them.")
            % {"status": week.get_status_display()}
        )
    return week


def _locked(week: Week) -> Week:
    rows = Week.objects.select_for_update(of=("self",)).select_related("technician__user")
    return rows.get(pk=week.pk)


def _sheet_as_seen(week: Week, seen: str, now: datetime) -> Sheet:
    sheet = sheet_of(week.technician, week.monday, now, week)
    if sheet.seen != seen:
        raise Refused(_("The hours changed while you looked at them. Look again, and press once more."))
    return sheet


def _state(sheet: Sheet, by: Actor, now: datetime) -> None:
    """Keep the hours of each day as they stand, under a name."""
    stated = Submission.objects.create(week=sheet.week, by=by.actor_label, at=now)
    SubmittedDay.objects.bulk_create(
        [SubmittedDay(submission=stated, day=one.day, **one.hours) for one in sheet.days]
    )
    Week.objects.filter(pk=sheet.week.pk).update(submission=stated, returned_because="")
    sheet.week.submission = stated


def _note(week: Week, verb: str, time: HandTime, by: Actor) -> None:
    day = formats.day_short(week.monday + timedelta(days=time.weekday))
    data: dict[str, Any] = {"what": f"{day}: {time}"}
    audit_record(week, verb=verb, by=by, data=data)
