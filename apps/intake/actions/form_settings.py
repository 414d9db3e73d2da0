"""What the company chooses about its public form and its request types."""

import json
from typing import Any

from django.conf import settings
from django.db import transaction

from apps.company.models import Company
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.versions import version_lock
from apps.intake.models import RequestFormSettings, RequestType
from apps.technicians.models import Skill


def form_settings_change(
    *,
    by: Actor,
    version: int | None = None,
    embed_origins: str | None = None,
    public_types: Any = None,
    **fields: Any,
) -> RequestFormSettings:
    """Change the public form: its fields, the types that it offers, and the websites that may show it."""
    with transaction.atomic():
        form = version_lock(RequestFormSettings.objects.current(), version)
        for name, value in fields.items():
            setattr(form, name, value)
        form.save()
        if public_types is not None:
            chosen = [one.pk for one in public_types]
            RequestType.objects.active().update(public=False)
            RequestType.objects.filter(pk__in=chosen).update(public=True)
        if embed_origins is not None:
            Company.objects.filter(pk=1).update(embed_origins=embed_origins)
        audit_record(form, verb="requestformsettings.change", by=by)
    return form


def request_type_create(*, by: Actor, **fields: Any) -> RequestType:
    with transaction.atomic():
        made = RequestType.objects.create(**fields)
        audit_record(made, verb="requesttype.create", by=by)
    return made


def request_type_change(
    *, type: RequestType, by: Actor, version: int | None = None, **fields: Any
) -> RequestType:
    with transaction.atomic():
        version_lock(type, version)
        for name, value in fields.items():
            setattr(type, name, value)
        type.save(update_fields=list(fields))
        audit_record(type, verb="requesttype.change", by=by, data={"fields": list(fields)})
    return type


def request_types_load() -> None:
    """Give a new installation its request types; one whose name is here already stays as it is."""
    rows = json.loads((settings.BASE_DIR / "fixtures" / "request-types.json").read_text(encoding="utf-8"))
    with transaction.atomic():
        for row in rows:
            skill = row.pop("skill")
            if not RequestType.objects.filter(name=row["name"]).exists():
                if skill:
                    row["skill"], _created = Skill.objects.get_or_create(name=skill)
                RequestType.objects.create(**row)
