"""The one place that changes what becomes of a billable."""

from collections.abc import Iterable

from django.db import models

from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.review import rules
from apps.review.models import Billable, Fate
from apps.review.querysets import BillableQuerySet


def fate_decide(row: Billable, fate: str, *, by: Actor, reason: str, also: Iterable[str] = ()) -> None:
    """Say what becomes of a locked billable, and save the fields `also` that were set with it."""
    row.fate, row.reason = fate, reason.strip()
    row.decided_by_id, row.decided_at = by.pk, clock.now()
    row.save(update_fields=["fate", "reason", "decided_by", "decided_at", *also])
    data = {"work_order": row.work_order_id}
    audit_record(row, verb=f"billable.{fate}", by=by, reason=row.reason, data=data)


def fate_propose(row: Billable, fate: str) -> list[str]:
    """Set the proposed fate, unsaved; the name of the field if that changed it."""
    if row.fate == fate:
        return []
    row.fate = fate
    return ["fate"]


def fates_open(rows: models.QuerySet[Billable]) -> None:
    """Whatever was decided about them counts no more: they are proposed anew."""
    rows.update(fate=Fate.PENDING, reason="", decided_by=None, decided_at=None)


def corrections_wait(of: BillableQuerySet) -> None:
    """What these were corrected by was decided about something else: a person says what becomes of it now."""
    Billable.objects.standing_corrections(of=of).update(
        fate=Fate.PENDING, proposal=rules.LATE, decided_by=None, decided_at=None
    )
