"""Everything that changes the catalogue."""

from typing import Any

from django.db import transaction

from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.changes import assign
from apps.core.holdings import Wishes, hand_over
from apps.core.versions import version_lock
from apps.materials.models import Category, Material


def category_get(*, name: str) -> Category:
    """The category of that name, made if it is new."""
    return Category.objects.get_or_create(name=name.strip())[0]


def material_create(*, by: Actor, **fields: Any) -> Material:
    with transaction.atomic():
        material = Material.objects.create(**fields)
        audit_record(material, verb="material.create", by=by)
    return material


def material_change(*, material: Material, by: Actor, version: int | None = None, **fields: Any) -> Material:
    with transaction.atomic():
        version_lock(material, version)
        assign(material, fields)
        material.save(update_fields=list(fields))
        audit_record(material, verb="material.change", by=by, data={"fields": sorted(fields)})
    return material


def material_deactivate(
    *, material: Material, by: Actor, reason: str = "", wishes: Wishes | None = None, leave: bool = False
) -> Material:
    """Take a material out of use: nobody can choose it any more; where it is used it stays.

    Raises StillHeld when open work uses it, unless `leave` and a reason say that it may.
    """
    with transaction.atomic():
        _active_set(material, False, by)
        hand_over(material, by=by, reason=reason, wishes=wishes, leave=leave)
    return material


def material_activate(*, material: Material, by: Actor) -> Material:
    return _active_set(material, True, by)


def _active_set(material: Material, active: bool, by: Actor) -> Material:
    with transaction.atomic():
        if Material.objects.filter(pk=material.pk, active=not active).update(active=active):
            verb = "material.activate" if active else "material.deactivate"
            audit_record(material, verb=verb, by=by)
    material.active = active
    return material
