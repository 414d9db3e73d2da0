"""Job forms. What was published never changes: a change is a new version."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.refusals import Refused
from apps.core.versions import version_lock
from apps.intake.models import RequestType
from apps.workorders.models import FieldKind, JobForm, JobFormField, JobFormVersion, SlaClass


@dataclass(frozen=True)
class FieldDraft:
    """One field as composed, before it is published."""

    label: str
    kind: str = FieldKind.TICK
    section: str = ""
    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    options: list[str] = field(default_factory=list)
    required: bool = True


def job_form_create(
    *, name: str, request_type: RequestType | None, fields: Sequence[FieldDraft], by: Actor
) -> JobForm:
    """A new form, with its first version."""
    with transaction.atomic():
        form = JobForm.objects.create(name=name, request_type=request_type)
        audit_record(form, verb="jobform.create", by=by)
        job_form_publish(form=form, fields=fields, by=by)
    return form


def job_form_change(
    *,
    form: JobForm,
    name: str,
    request_type: RequestType | None,
    active: bool,
    by: Actor,
    version: int | None = None,
) -> JobForm:
    """Change the form's name, or for which work it is used; its fields stay as published."""
    with transaction.atomic():
        version_lock(form, version)
        form.name, form.request_type, form.active = name, request_type, active
        form.save(update_fields=["name", "request_type", "active"])
        audit_record(form, verb="jobform.change", by=by)
    return form


def job_form_publish(
    *, form: JobForm, fields: Sequence[FieldDraft], by: Actor, seen: int | None = None
) -> JobFormVersion:
    """Publish the fields as the form's next version. New work orders get it; filled-in ones keep theirs."""
    if not fields:
        raise Refused(_("A form needs at least one field."))
    with transaction.atomic():
        version_lock(form, seen)  # two publishers: one after the other, and the second looks again
        last = form.versions.aggregate(last=Max("number"))["last"] or 0
        version = JobFormVersion.objects.create(form=form, number=last + 1, published_at=clock.now())
        JobFormField.objects.bulk_create(
            [
                JobFormField(
                    version=version,
                    position=position,
                    section=one.section,
                    label=one.label,
                    kind=one.kind,
                    unit=one.unit,
                    minimum=one.minimum,
                    maximum=one.maximum,
                    options=list(one.options),
                    required=one.required,
                )
                for position, one in enumerate(fields, start=1)
            ]
        )
        audit_record(form, verb="jobform.publish", by=by, data={"version": version.number})
    return version


def starters_load(*, by: Actor, language: str = "nl") -> None:
    """Make the SLA classes, and the job forms of the request types that there are. What exists already stays as it is."""
    fixtures = Path(settings.BASE_DIR) / "fixtures"
    with transaction.atomic():
        classes = json.loads((fixtures / "sla-classes.json").read_text())
        for one in classes:
            dutch = one.pop("name_nl")
            one["name"] = dutch if language == "nl" else one["name"]
        SlaClass.objects.bulk_create([SlaClass(**one) for one in classes], ignore_conflicts=True)
        types = {one.name: one for one in RequestType.objects.all()}
        known = set(JobForm.objects.values_list("name", flat=True))
        for one in json.loads((fixtures / "job-forms.json").read_text(), parse_float=Decimal):
            if one["name"] not in known and one["request_type"] in types:
                job_form_create(
                    name=one["name"],
                    request_type=types[one["request_type"]],
                    fields=[FieldDraft(**asked) for asked in one["fields"]],
                    by=by,
                )
