"""Agreeing who does a task, and when."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.formats import day
from apps.core.refusals import Forbidden, Refused
from apps.tasks.models import TaskMark

NOTHING = TaskMark().agreed


def task_mark(
    *,
    key: str,
    by: Actor,
    assignee: Any = None,
    put_off_until: datetime | None = None,
    reason: str = "",
    seen: str = "",
) -> TaskMark:
    """Say who does the task of this key, and until when it can wait; both as they are from now on.

    `seen` is what was agreed (`TaskMark.agreed`) on the page that was open: raises Refused when a colleague agreed something
    else meanwhile, when it is put off to the past, without a reason, or for a reason without a day. Raises Forbidden for whoever has no list of tasks.
    """
    if not by.may("see_office"):
        raise Forbidden()
    now = clock.now()
    if put_off_until is not None and put_off_until <= now:
        raise Refused(_("A task can be put off to a later day only."))
    if put_off_until is not None and not reason.strip():
        raise Refused(_("Say why it can wait."))
    if put_off_until is None and reason.strip():
        raise Refused(_("Say until when it can wait."))
    if assignee is not None and not (assignee.is_active and assignee.may("see_office")):
        raise Refused(_("%(name)s has no list of tasks.") % {"name": assignee.name})
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 727))", [key])
        before = TaskMark.objects.filter(key=key).select_related("assignee", "by").first()
        if before is not None and before.agreed != (seen or NOTHING):
            raise Refused(_meanwhile(before))
        mark, _made = TaskMark.objects.update_or_create(
            key=key,
            defaults={
                "assignee": assignee,
                "put_off_until": put_off_until,
                "reason": reason.strip() if put_off_until else "",
                "at": now,
                "by_id": by.pk,
            },
        )
        for verb in _changes(before, mark):
            why = reason.strip() if verb == "task.put_off" else ""
            audit_record(mark, verb=verb, by=by, reason=why, data=_told(mark, verb))
    return mark


def _meanwhile(mark: TaskMark) -> str:
    """What a colleague agreed while the page stood open."""
    words = {"by": mark.by.name, "reason": mark.reason}
    if mark.put_off_until:
        words["when"] = day(mark.put_off_until)
        return _("%(by)s put it off until %(when)s meanwhile: %(reason)s") % words
    if mark.assignee is None:
        return _("%(by)s changed this meanwhile: nobody has it, and it is not put off.") % words
    words["name"] = mark.assignee.name
    if mark.assignee == mark.by:
        return _("%(name)s took it meanwhile.") % words
    return _("%(by)s gave it to %(name)s meanwhile.") % words


def _changes(before: TaskMark | None, mark: TaskMark) -> list[str]:
    found = []
    if (before.assignee_id if before else None) != mark.assignee_id:
        found.append("task.assign" if mark.assignee_id else "task.release")
    if (before.put_off_until if before else None) != mark.put_off_until:
        found.append("task.put_off" if mark.put_off_until else "task.take_up")
    return found


def _told(mark: TaskMark, verb: str) -> dict[str, Any]:
    if verb == "task.assign" and mark.assignee:
        return {"to": mark.assignee.name}
    if verb == "task.put_off" and mark.put_off_until:
        return {"until": mark.put_off_until.isoformat()}
    return {}
