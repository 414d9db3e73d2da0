"""Writing the domain's events."""

from typing import Any

from django.db import models

from apps.core import clock
from apps.core.actors import Actor
from apps.core.models import AuditEvent


def audit_record(
    subject: models.Model,
    *,
    verb: str,
    by: Actor,
    before: str = "",
    after: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Write that `by` did `verb` to `subject`. `data` must hold no amount: technicians' actions write here too."""
    AuditEvent.objects.bulk_create(  # bulk: reads back no more than the id
        [
            AuditEvent(
                at=clock.now(),
                actor_id=by.pk,
                actor_kind=by.actor_kind,
                actor_label=by.actor_label[:120],
                verb=verb,
                subject_type=subject._meta.label_lower,
                subject_id=subject.pk,
                before=before,
                after=after,
                reason=reason,
                data=data or {},
            )
        ]
    )
