"""Everything that changes who does the work."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from apps.accounts.actions import invitation_send, user_create, user_deactivate, user_role_add
from apps.accounts.models import User
from apps.accounts.roles import TECHNICIAN
from apps.company.models import Company
from apps.core import clock, formats
from apps.core.actors import SYSTEM, Actor
from apps.core.audit import audit_record
from apps.core.changes import assign
from apps.core.holdings import Choice, Wishes, hand_over, holdings_of, subject_lock
from apps.core.refusals import Forbidden, Refused
from apps.core.telephone_fields import phone_cleaned
from apps.core.tokens import token_for, token_hash
from apps.core.versions import version_lock
from apps.customers import positions
from apps.technicians.models import CalendarFeed, Home, Skill, Technician, WorkingHours, WorkingPattern
from apps.technicians.rules import FAR
from apps.technicians.states import Rhythm

# The first half of the advisory lock's key: "the plan of technician n".
PLAN = 7
# What the links of technicians' calendars are for.
CALENDAR = "calendar"
Pattern = tuple[int, time, time]
# What a new technician works unless something else is said.
WORKING_DAY = (time(8), time(16, 30))


def technicians_lock(technician_ids: Iterable[int]) -> None:
    """Wait until nobody else writes these technicians' plans, or takes them out of service; until the transaction ends.

    Always in the order of their ids, so that two planners who swap bookings never wait for each other.
    """
    with connection.cursor() as cursor:
        for technician_id in sorted(set(technician_ids)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [PLAN, technician_id])


def skill_get(*, name: str) -> Skill:
    """The skill of that name, made if it is new."""
    return Skill.objects.get_or_create(name=name.strip())[0]


def technician_create(
    *,
    by: Actor,
    user: User,
    skills: Iterable[Skill] = (),
    patterns: Sequence[Pattern] | None = None,
    home: Mapping[str, str] | None = None,
    **fields: Any,
) -> Technician:
    """Make a user a technician. `patterns` are (weekday, from, until), 1 is Monday; without them the opening hours hold.

    `home` is the address of `Home`, which nothing but the office sees.
    """
    with transaction.atomic():
        user_role_add(user=user, role=TECHNICIAN, by=by)
        technician = Technician.objects.create(user=user, **phone_cleaned(fields))
        technician.skills.set(skills)
        if home:
            _home_set(technician, home)
        if patterns is not None:
            hours_set(technician=technician, by=by, weeks=[patterns])
        audit_record(technician, verb="technician.create", by=by)
    return technician


def technician_invite(*, by: User, email: str, name: str, language: str, **fields: Any) -> Technician:
    """Make a technician of someone new, who can be planned at once, and mail them a link to choose a password.

    Raises Refused when the address has an account or an open invitation already.
    """
    with transaction.atomic():
        user = user_create(by=by, email=email, name=name, language=language, user_roles=[TECHNICIAN])
        technician = technician_create(by=by, user=user, **fields)
        invitation_send(by=by, email=email, name=name, language=language, user_roles=[TECHNICIAN], user=user)
        audit_record(technician, verb="technician.invite", by=by)
    return technician


def technician_deactivate(
    *, technician: Technician, by: Actor, reason: str, wishes: Wishes | None = None, leave: bool = False
) -> Technician:
    """No longer to be planned; what they hold goes where `wishes` say. What `leave` leaves stays in sight.

    When their last day is over and nothing is left, the login goes too.
    Raises Refused without a reason, StillHeld and NotHandedOver as `core.holdings.hand_over` does.
    """
    _reason_check(reason)
    with transaction.atomic():
        subject_lock(technician, wishes)
        _active_set(technician, False, by, reason)
        left = hand_over(technician, by=by, reason=reason, wishes=wishes, leave=leave)
        if not left:
            _login_close(technician, reason)
    return technician


def technician_hand_over(
    *, technician: Technician, by: Actor, reason: str, wishes: Wishes | None = None, leave: bool = False
) -> Technician:
    """Give what a technician holds to others, also when they left already: then it takes them out of service.

    Raises as `technician_deactivate` does.
    """
    if technician.active and technician.has_left(clock.today()):
        return technician_deactivate(technician=technician, by=by, reason=reason, wishes=wishes, leave=leave)
    _reason_check(reason)
    with transaction.atomic():
        subject_lock(technician, wishes)
        hand_over(technician, by=by, reason=reason, wishes=wishes, leave=leave)
    return technician


def technician_activate(*, technician: Technician, by: Actor) -> Technician:
    """Into service again; a last day that is over counts no more."""
    with transaction.atomic():
        if technician.last_day and technician.last_day < clock.today():
            technician_change(technician=technician, by=by, last_day=None)
        return _active_set(technician, True, by)


def technicians_leaving() -> list[int]:
    """Whose last day is over, and who is in service or can still log in."""
    over = Technician.objects.filter(last_day__lt=clock.today())
    return list(
        over.filter(Q(active=True) | Q(user__is_active=True)).order_by("pk").values_list("pk", flat=True)
    )


def technician_leave(technician_id: int) -> None:
    """Out of service, and without a login, once they hold nothing any more; what they hold stays a task until then.

    The hours of their last week, and what their phone has not sent, are held too: nobody else can send it.
    """
    technician = Technician.objects.select_related("user").get(pk=technician_id)
    with translation.override(Company.objects.language()):
        reason = _("The last day was %(day)s.") % {"day": formats.day(technician.last_day)}
    try:
        if technician.active:
            technician_deactivate(technician=technician, by=SYSTEM, reason=reason)
        elif not holdings_of(technician):
            _login_close(technician, reason)
    except Refused:  # something is held still, or somebody else did it this very moment
        return


def _login_close(technician: Technician, reason: str) -> None:
    """Once the last day is over the login goes, unless they do other work with it."""
    user = technician.user
    if not (technician.has_left(clock.today()) and user.is_active and user.role_names == {TECHNICIAN}):
        return
    # What they were told and did not read is no work; anything else that is left shows as a task.
    wishes = Wishes({"messaging.notices": Choice(way="read")})
    user_deactivate(user=user, by=SYSTEM, reason=reason, wishes=wishes, leave=True)


def _reason_check(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Give a reason."))


def _active_set(technician: Technician, active: bool, by: Actor, reason: str = "") -> Technician:
    with transaction.atomic():
        if Technician.objects.filter(pk=technician.pk, active=not active).update(active=active):
            verb = "technician.activate" if active else "technician.deactivate"
            audit_record(technician, verb=verb, by=by, reason=reason)
    technician.active = active
    return technician


def technician_change(
    *,
    technician: Technician,
    by: Actor,
    version: int | None = None,
    skills: Iterable[Skill] | None = None,
    home: Mapping[str, str] | None = None,
    **fields: Any,
) -> Technician:
    """Change what is given. An empty `home` takes the address away; a place that was noted without one stays."""
    with transaction.atomic():
        version_lock(technician, version)
        assign(technician, phone_cleaned(fields, before=technician))
        technician.save(update_fields=list(fields) or None)
        if skills is not None:
            technician.skills.set(skills)
        changed = sorted(fields)
        if home is not None and _home_set(technician, home):
            changed.append("home")
        audit_record(technician, verb="technician.change", by=by, data={"fields": changed})
    return technician


def _home_set(technician: Technician, address: Mapping[str, str]) -> bool:
    """Whether it is another address than before. The place is where its postal code lies."""
    before = Home.objects.filter(technician=technician).values(*address).first()
    if before == (address or None):
        return False
    Home.objects.filter(technician=technician).delete()
    found = None
    if address:
        Home.objects.create(technician=technician, **address)
        found = positions.place(address["country"], address["postal_code"])
    technician.home_latitude, technician.home_longitude = found[1:] if found else (None, None)
    technician.save(update_fields=["home_latitude", "home_longitude"])
    return True


def hours_set(
    *,
    technician: Technician,
    by: Actor,
    weeks: Sequence[Iterable[Pattern]],
    first: date | None = None,
    rhythm: str = Rhythm.WEEKLY,
    version: int | None = None,
) -> WorkingHours:
    """What they work from `first` on, until the next change that is noted; without `first` as long as they have been here.

    `weeks` are the hours of one week, or of two where they differ; none at all say that nothing is worked. What was worked
    before stays, and what these hours take the place of stands in the audit.
    """
    if first and abs(first - clock.today()) > FAR:
        raise Refused(_("Choose a day at most a year from today."))
    if rhythm == Rhythm.FORTNIGHT and first is None:
        raise Refused(_("Two weeks in turns count from a day: say which."))
    with transaction.atomic():
        version_lock(technician, version)
        noted = list(technician.hours.prefetch_related("patterns").order_by("valid"))
        following = [
            one.valid.lower for one in noted if one.valid.lower and (not first or one.valid.lower > first)
        ]
        held = [one for one in noted if one.valid.lower == first or (first and first in one.valid)]
        replaced = [_hours_data(one) for one in held]
        for one in held:
            if one.valid.lower == first:
                one.delete()
            else:
                one.valid = DateRange(one.valid.lower, first)
                one.save(update_fields=["valid"])
        valid = DateRange(first, following[0] if following else None)
        hours = WorkingHours.objects.create(technician=technician, valid=valid, rhythm=rhythm)
        count = 1 if rhythm == Rhythm.WEEKLY else 2
        WorkingPattern.objects.bulk_create(
            WorkingPattern(hours=hours, week=number, weekday=weekday, starts=starts, ends=ends)
            for number, patterns in enumerate(weeks[:count], 1)
            for weekday, starts, ends in patterns
        )
        data = _hours_data(hours) | {"replaced": replaced}
        audit_record(technician, verb="technician.hours_set", by=by, data=data)
    return hours


def hours_remove(*, hours: WorkingHours, by: Actor, version: int | None = None) -> None:
    """Take back a change that has not begun: what was worked before it goes on."""
    with transaction.atomic():
        version_lock(hours.technician, version)
        found = WorkingHours.objects.filter(pk=hours.pk).first()
        if found is None:
            raise Refused(_("This is no longer there."))
        valid = found.valid
        if not valid.lower or valid.lower <= clock.today():
            raise Refused(_("These hours have begun. Set other hours from a day on instead."))
        data = _hours_data(found)
        before = WorkingHours.objects.filter(technician=hours.technician, valid__endswith=valid.lower).first()
        found.delete()
        if before:
            before.valid = DateRange(before.valid.lower, valid.upper)
            before.save(update_fields=["valid"])
        audit_record(hours.technician, verb="technician.hours_remove", by=by, data=data)


def calendar_feed_open(*, technician: Technician, by: Actor) -> CalendarFeed:
    """Give the technician an address for a calendar; the one before opens nothing from now on. Raises Forbidden for others."""
    if by.pk != technician.user_id:
        raise Forbidden
    nonce = uuid.uuid4()
    with transaction.atomic():
        feed, _created = CalendarFeed.objects.update_or_create(
            technician=technician,
            defaults={
                "nonce": nonce,
                "token_hash": token_hash(token_for(CALENDAR, nonce)),
                "since": clock.now(),
            },
        )
        audit_record(technician, verb="technician.calendar_open", by=by)
    return feed


def calendar_feed_close(*, technician: Technician, by: Actor) -> None:
    """Take the address back; harmless when there is none. Raises Forbidden for who is neither them nor keeps technicians."""
    if by.pk != technician.user_id and not by.may("manage_technicians"):
        raise Forbidden
    calendar_feed_end(technician=technician, by=by)


def calendar_feed_end(*, technician: Technician, by: Actor) -> None:
    """The address opens nothing any more: it was taken back, or is in a phone that somebody else may have."""
    with transaction.atomic():
        if CalendarFeed.objects.filter(technician=technician).delete()[0]:
            audit_record(technician, verb="technician.calendar_close", by=by)


def _hours_data(hours: WorkingHours) -> dict[str, Any]:
    return {
        "first": hours.valid.lower and hours.valid.lower.isoformat(),
        "until": hours.valid.upper and hours.valid.upper.isoformat(),
        "rhythm": hours.rhythm,
        "hours": [
            [one.week, one.weekday, f"{one.starts:%H:%M}", f"{one.ends:%H:%M}"]
            for one in hours.patterns.all()
        ],
    }
