"""Everything that changes the catalogue."""

from typing import Any

from django.db import transaction

from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.materials.models import Category, Material


def category_get(*, name: str) -> Category:
    """The category of that name, made if it is new."""
    return Category.objects.get_or_create(name=name.strip())[0]


def material_create(*, by: Actor, **fields: Any) -> Material:
    with transaction.atomic():
        material = Material.objects.create(**fields)
        audit_record(material, verb="material.create", by=by)
    return material


def material_change(*, material: Material, by: Actor, **fields: Any) -> Material:
    for name, value in fields.items():
        setattr(material, name, value)
    with transaction.atomic():
        material.save(update_fields=list(fields))
        audit_record(material, verb="material.change", by=by, data={"fields": sorted(fields)})
    return material
