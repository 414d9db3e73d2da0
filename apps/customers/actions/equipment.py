"""A device at a site: made and changed."""

from typing import Any

from django.db import transaction

from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.changes import assign
from apps.core.versions import version_lock
from apps.customers.models import Equipment, Site


def equipment_create(*, by: Actor, site: Site, **fields: Any) -> Equipment:
    equipment = Equipment(site=site, **fields)
    with transaction.atomic():
        equipment.save(force_insert=True)
        audit_record(site.customer, verb="customer.equipment", by=by, data={"equipment": equipment.pk})
        audit_record(equipment, verb="equipment.create", by=by)
    return equipment


def equipment_change(
    *, equipment: Equipment, by: Actor, version: int | None = None, **fields: Any
) -> Equipment:
    with transaction.atomic():
        locked = version_lock(equipment, version)
        if changed := assign(locked, fields):
            locked.save(update_fields=changed)
            audit_record(locked, verb="equipment.change", by=by, data={"fields": changed})
    return locked
