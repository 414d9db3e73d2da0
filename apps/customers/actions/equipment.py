"""A device at a site, and its documents."""

from typing import Any

from django.db import transaction

from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.changes import assign
from apps.core.versions import version_lock
from apps.customers.models import Equipment, EquipmentFile, Site
from apps.documents.actions import document_store


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


def equipment_file_add(
    *,
    equipment: Equipment,
    content: bytes,
    name: str,
    content_type: str,
    by: Actor,
    for_technician: bool = False,
) -> EquipmentFile:
    """Put a document with a device. Raises Refused when it is empty or too large."""
    with transaction.atomic():
        stored = document_store(content=content, name=name, content_type=content_type, by=by)
        kept = EquipmentFile.objects.create(equipment=equipment, file=stored, for_technician=for_technician)
        audit_record(equipment, verb="equipment.file_add", by=by, data={"name": stored.name})
    return kept


def equipment_file_share(*, file: EquipmentFile, by: Actor, shared: bool) -> None:
    """Let technicians see a document of a device, or no longer."""
    with transaction.atomic():
        file.for_technician = shared
        file.save(update_fields=["for_technician"])
        verb = "equipment.file_share" if shared else "equipment.file_unshare"
        audit_record(file.equipment, verb=verb, by=by, data={"name": file.file.name})


def equipment_file_remove(*, file: EquipmentFile, by: Actor) -> None:
    """Take a document away from a device; the stored bytes stay."""
    with transaction.atomic():
        audit_record(file.equipment, verb="equipment.file_remove", by=by, data={"name": file.file.name})
        file.delete()
