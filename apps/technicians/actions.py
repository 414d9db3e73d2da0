"""Everything that changes who does the work."""

from collections.abc import Iterable
from datetime import time
from typing import Any

from django.db import transaction

from apps.accounts.actions import invitation_send, user_create, user_role_add
from apps.accounts.models import User
from apps.accounts.roles import TECHNICIAN
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.technicians.models import Skill, Technician, WorkingPattern

Pattern = tuple[int, time, time]
# What a new technician works unless something else is said.
WORKING_DAY = (time(8), time(16, 30))


def skill_get(*, name: str) -> Skill:
    """The skill of that name, made if it is new."""
    return Skill.objects.get_or_create(name=name.strip())[0]


def technician_create(
    *, by: Actor, user: User, skills: Iterable[Skill] = (), patterns: Iterable[Pattern] = (), **fields: Any
) -> Technician:
    """Make a user a technician. `patterns` are (weekday, from, until), 1 is Monday."""
    with transaction.atomic():
        user_role_add(user=user, role=TECHNICIAN, by=by)
        technician = Technician.objects.create(user=user, **fields)
        technician.skills.set(skills)
        patterns_set(technician=technician, patterns=patterns)
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


def technician_deactivate(*, technician: Technician, by: Actor, reason: str) -> Technician:
    """No longer to be planned. What was planned stays, and shows in the planning review."""
    return _active_set(technician, False, by, reason)


def technician_activate(*, technician: Technician, by: Actor) -> Technician:
    return _active_set(technician, True, by)


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
    skills: Iterable[Skill] | None = None,
    patterns: Iterable[Pattern] | None = None,
    **fields: Any,
) -> Technician:
    for name, value in fields.items():
        setattr(technician, name, value)
    with transaction.atomic():
        technician.save(update_fields=list(fields) or None)
        if skills is not None:
            technician.skills.set(skills)
        if patterns is not None:
            patterns_set(technician=technician, patterns=patterns)
        audit_record(technician, verb="technician.change", by=by, data={"fields": sorted(fields)})
    return technician


def patterns_set(*, technician: Technician, patterns: Iterable[Pattern]) -> None:
    """The hours of each weekday, in place of those that were."""
    technician.patterns.all().delete()
    WorkingPattern.objects.bulk_create(
        WorkingPattern(technician=technician, weekday=weekday, starts=starts, ends=ends)
        for weekday, starts, ends in patterns
    )
