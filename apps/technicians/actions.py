"""Everything that changes who does the work."""

from collections.abc import Iterable
from datetime import time
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.technicians.models import Skill, Technician, WorkingPattern

Pattern = tuple[int, time, time]


def skill_get(*, name: str) -> Skill:
    """The skill of that name, made if it is new."""
    return Skill.objects.get_or_create(name=name.strip())[0]


def technician_create(
    *, by: Actor, user: User, skills: Iterable[Skill] = (), patterns: Iterable[Pattern] = (), **fields: Any
) -> Technician:
    """Make a user a technician. `patterns` are (weekday, from, until), 1 is Monday."""
    with transaction.atomic():
        technician = Technician.objects.create(user=user, **fields)
        technician.skills.set(skills)
        patterns_set(technician=technician, patterns=patterns)
        audit_record(technician, verb="technician.create", by=by)
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
