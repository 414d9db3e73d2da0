"""What the company chooses about its public form and its request types."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from apps.company.models import Company
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.changes import assign
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
        assign(form, fields)
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
        assign(type, fields)
        type.save(update_fields=list(fields))
        audit_record(type, verb="requesttype.change", by=by, data={"fields": list(fields)})
    return type


def request_types_start(*, by: Actor, names: Collection[str], own: Sequence[str], language: str) -> int:
    """Make the request types that a new company chose from the usual ones, and those that it named itself; how many.

    One whose name is here already stays as it is. Skills get the name that they have in the company's language.
    """
    known = set(RequestType.objects.values_list("name", flat=True))
    made = 0
    with transaction.atomic():
        for row in request_types_usual():
            if row["name"] not in names or row["name"] in known:
                continue
            skill, dutch = row.pop("skill"), row.pop("skill_nl", "")
            if skill:
                row["skill"], _new = Skill.objects.get_or_create(name=dutch if language == "nl" else skill)
            request_type_create(by=by, **row)
            made += 1
        for name in own:
            if name not in known:
                request_type_create(by=by, name=name, name_nl=name, minutes=60)
                made += 1
    return made


def request_types_usual() -> list[dict[str, Any]]:
    """What installers are usually asked for."""
    return json.loads((settings.BASE_DIR / "fixtures" / "request-types.json").read_text(encoding="utf-8"))
