"""Who took a task up, and until when it was put off. What has to be done is never stored: it is read from the records."""

from datetime import datetime
from typing import Any
from zlib import crc32

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.formats import day
from apps.tasks.querysets import TaskMarkQuerySet


class TaskMark(models.Model):
    """What colleagues agreed about one task.

    `key` names the record, the place where it stands and since when: a task that comes back is another task, and begins
    unassigned and in view.
    """

    events = {
        "assign": _("Task given to a colleague"),
        "release": _("Task given back"),
        "put_off": _("Task put off"),
        "take_up": _("Task taken up again"),
    }

    key = models.CharField(max_length=80, unique=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("colleague")
    )
    put_off_until = models.DateTimeField(_("put off until"), null=True)
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = TaskMarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("mark on a task")
        verbose_name_plural = _("marks on tasks")
        constraints = [
            models.CheckConstraint(
                condition=Q(put_off_until__isnull=True) | ~Q(reason=""), name="put_off_task_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(put_off_until__isnull=True) | Q(put_off_until__gt=models.F("at")),
                name="task_is_put_off_to_later",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def agreed(self) -> str:
        """Another word for each other agreement: a page carries it back to say what it showed."""
        until = int(self.put_off_until.timestamp()) if self.put_off_until else ""
        return f"{self.assignee_id or ''}.{until}.{crc32(self.reason.encode()) if until else ''}"

    def is_put_off(self, now: datetime) -> bool:
        return self.put_off_until is not None and self.put_off_until > now

    def event_detail(self, event: Any) -> str:
        """To whom it was given, or until when it was put off."""
        until = event.data.get("until")
        return day(datetime.fromisoformat(until)) if until else str(event.data.get("to", ""))
