"""What the technician writes down at an intake visit. Each write may be repeated without harm."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.accounts.models import User
from apps.core import clock
from apps.core.actors import Actor
from apps.core.changes import assign
from apps.core.refusals import Refused
from apps.core.transitions import move
from apps.documents.models import StoredFile
from apps.intake import rules
from apps.intake.models import IntakePhoto, IntakeReport, MaterialEstimate, Request
from apps.intake.states import MISSING_LABELS, REPORTABLE, RequestStatus
from apps.materials.models import Material
from apps.messaging.actions import notice_send
from apps.technicians.models import Technician

PARTS = ("note", "hours", "execution", "urgency", "advice")


def report_save(*, request: Request, by: Actor, **parts: Any) -> IntakeReport:
    """Keep the parts that are given, as a draft. Raises Refused once the report is handed in."""
    unknown = set(parts) - set(PARTS)
    if unknown:
        raise TypeError(f"not a part of a report: {unknown}")
    with transaction.atomic():
        report = _report(request, by)
        assign(report, parts)
        report.updated_at = clock.now()
        report.save(update_fields=[*parts, "updated_at"])
    return report


def report_photo_add(*, request: Request, by: Actor, file: StoredFile, key: str) -> None:
    """Add a photo of the situation. A photo whose `key` is here already is not added again."""
    with transaction.atomic():
        report = _report(request, by)
        IntakePhoto.objects.bulk_create(
            [IntakePhoto(report=report, file=file, key=key)], ignore_conflicts=True
        )


def report_photo_remove(*, request: Request, by: Actor, photo: IntakePhoto) -> None:
    with transaction.atomic():
        report = _report(request, by)
        IntakePhoto.objects.filter(pk=photo.pk, report=report).delete()


def estimate_set(*, request: Request, by: Actor, material: Material, quantity: Decimal) -> None:
    """How much of a material the work will need; a second time replaces the first."""
    if quantity <= 0:
        raise Refused(_("Enter a quantity above zero."))
    with transaction.atomic():
        report = _report(request, by)
        MaterialEstimate.objects.update_or_create(
            report=report, material=material, defaults={"quantity": quantity}
        )


def estimate_remove(*, request: Request, by: Actor, material: Material) -> None:
    with transaction.atomic():
        MaterialEstimate.objects.filter(report=_report(request, by), material=material).delete()


def report_hand_in(*, request: Request, by: Actor) -> IntakeReport:
    """Hand the report to the office. Raises Refused, naming what is missing, until it is complete."""
    with transaction.atomic():
        report = _report(request, by)
        if missing := report_missing(report):
            words = ", ".join(str(MISSING_LABELS[name]).lower() for name in missing)
            raise Refused(_("Still missing: %(parts)s.") % {"parts": words})
        report.handed_in_at = report.updated_at = clock.now()
        report.save(update_fields=["handed_in_at", "updated_at"])
        move(request, "receive", by=by)
        _tell_office(request, gettext_noop("%(number)s: the intake report of %(name)s is in."), by)
    return report


def report_missing(report: IntakeReport | None) -> list[str]:
    """What the report still lacks, as codes of `states.MISSING_LABELS`."""
    if report is None:
        return rules.report_missing(photos=0, note="", hours=None, execution="", advice="")
    return rules.report_missing(
        photos=report.photos.count(),
        note=report.note,
        hours=report.hours,
        execution=report.execution,
        advice=report.advice,
    )


def request_miss(*, request: Request, by: Actor, reason: str, photo: StoredFile | None = None) -> Request:
    """Nobody was there, or nobody could get in. The office plans a new appointment."""
    with transaction.atomic():
        if photo is not None:
            report_photo_add(request=request, by=by, file=photo, key=f"no-access-{photo.pk}")
        move(request, "miss", by=by, reason=reason)
        _tell_office(request, gettext_noop("%(number)s: %(name)s had no access. Plan a new appointment."), by)
    return request


def _report(request: Request, by: Actor) -> IntakeReport:
    """The report of the request, locked, made at the first write. Raises Refused when it may not be written."""
    locked = Request.objects.select_for_update().get(pk=request.pk)
    if locked.status not in REPORTABLE:
        if locked.status in (RequestStatus.RECEIVED, RequestStatus.QUOTED, RequestStatus.ORDERED):
            raise Refused(_("This intake report was handed in; the office has it."))
        raise Refused(
            _("This request is now “%(status)s”; no report can be written.")
            % {"status": locked.get_status_display()}
        )
    report = IntakeReport.objects.filter(request=locked).first()
    if report is not None:
        return report
    technician = Technician.objects.filter(user_id=by.pk).first() if by.actor_kind == "user" else None
    technician = technician or locked.technician
    if technician is None:
        raise Refused(_("An intake report is written by a technician."))
    return IntakeReport.objects.create(
        request=locked, technician=technician, urgency=locked.urgency, updated_at=clock.now()
    )


def _tell_office(request: Request, text: str, by: Actor) -> None:
    """Whoever wrote the request down hears of it; the task list shows it to everyone."""
    if request.created_by_id is None:
        return
    for person in User.objects.to_tell(request.created_by_id, "handle_requests").exclude(pk=by.pk):
        with translation.override(person.language):
            words = _(text) % {"number": request.number, "name": by.actor_label}
        notice_send(user=person, text=words, url=reverse("intake:request_detail", args=[request.pk]))
