"""What the office says of a part that a technician recorded: its record stays as it is."""

from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.field.models import ExtraWork, MaterialUsage


def usage_mark(*, usage: MaterialUsage, extra_work: ExtraWork | None, by: Actor) -> None:
    """The part was used for this extra work of its job, or for none."""
    usage.extra_work = extra_work
    usage.save(update_fields=["extra_work"])
    audit_record(usage, verb="material.extra_work", by=by, data={"extra_work": extra_work and extra_work.pk})
