"""Setting the limits."""

from decimal import Decimal

from django.db import transaction

from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.refusals import Forbidden
from apps.core.versions import version_lock
from apps.pipeline.models import Limits


def limits_set(*, days: dict[str, Decimal | None], by: Actor, version: int | None = None) -> Limits:
    """Say how many days money may stand in each stage; None: for as long as it likes. Raises Forbidden, Stale."""
    if not by.may("manage_company"):
        raise Forbidden()
    with transaction.atomic():
        version_lock(Limits(pk=1), version)
        kept = {name: None if value is None else str(value) for name, value in days.items()}
        found, _created = Limits.objects.update_or_create(pk=1, defaults={"days": kept})
        audit_record(found, verb="limits.change", by=by)
    return found
