"""What changes the certificates of technicians, and the kinds that there are."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock, formats
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.changes import assign
from apps.core.refusals import Refused
from apps.core.versions import version_lock
from apps.documents.actions import document_store
from apps.technicians.models import Certificate, CertificateKind, Technician


def certificate_kind_create(*, by: Actor, **fields: Any) -> CertificateKind:
    with transaction.atomic():
        kind = CertificateKind.objects.create(**fields)
        audit_record(kind, verb="certificatekind.create", by=by)
    return kind


def certificate_kind_change(
    *, kind: CertificateKind, by: Actor, version: int | None = None, **fields: Any
) -> CertificateKind:
    """Change what a kind is called, and the skill that it gives: whoever holds one has that skill from now on."""
    with transaction.atomic():
        version_lock(kind, version)
        assign(kind, fields)
        kind.save(update_fields=list(fields))
        for one in (
            Certificate.objects.current().filter(kind=kind).select_related("technician", "kind__skill")
        ):
            _skill_give(one)
        audit_record(kind, verb="certificatekind.change", by=by, data={"fields": sorted(fields)})
    return kind


def certificate_add(
    *,
    technician: Technician,
    kind: CertificateKind,
    by: Actor,
    issued_on: date,
    expires_on: date,
    number: str = "",
    document: UploadedFile | None = None,
) -> Certificate:
    """Note a first certificate of its kind; the skill that the kind gives is theirs with it.

    Raises Refused when they have one of this kind: that one is renewed.
    """
    with transaction.atomic():
        version_lock(technician, None)
        if technician.certificates.filter(kind=kind).exists():
            words = {"name": technician, "kind": kind}
            raise Refused(_("%(name)s has this certificate already: renew it. (%(kind)s)") % words)
        made = Certificate(
            technician=technician, kind=kind, number=number, issued_on=issued_on, expires_on=expires_on
        )
        return _keep(made, document, by, "technician.certificate_add")


def certificate_renew(
    *,
    certificate: Certificate,
    by: Actor,
    issued_on: date,
    expires_on: date,
    number: str = "",
    document: UploadedFile | None = None,
) -> Certificate:
    """Note the certificate that takes the place of this one, which stays as it was. Raises Refused when another one did."""
    with transaction.atomic():
        version_lock(certificate.technician, None)
        if Certificate.objects.filter(renews=certificate).exists():
            raise Refused(_("This certificate was renewed already."))
        if expires_on <= certificate.expires_on:
            words = {"day": formats.day(certificate.expires_on)}
            raise Refused(
                _("The certificate before it lasts until %(day)s: this one has to last longer.") % words
            )
        made = Certificate(
            technician=certificate.technician, kind=certificate.kind, renews=certificate,
            number=number, issued_on=issued_on, expires_on=expires_on,
        )  # fmt: skip
        return _keep(made, document, by, "technician.certificate_renew")


def certificate_remove(*, certificate: Certificate, by: Actor) -> None:
    """Take back what was noted by mistake: the one before it counts again. Raises Refused when it was renewed since."""
    with transaction.atomic():
        version_lock(certificate.technician, None)
        found = Certificate.objects.filter(pk=certificate.pk).first()
        if found is None:
            raise Refused(_("This is no longer there."))
        if Certificate.objects.filter(renews=found).exists():
            raise Refused(_("This certificate was renewed already."))
        data = _data(found)
        found.delete()
        audit_record(certificate.technician, verb="technician.certificate_remove", by=by, data=data)


def _keep(made: Certificate, document: UploadedFile | None, by: Actor, verb: str) -> Certificate:
    if made.issued_on > clock.today():
        raise Refused(_("A certificate is issued today or earlier."))
    if made.expires_on <= made.issued_on:
        raise Refused(_("It has to expire after the day on which it is issued."))
    if document:
        made.file = document_store(
            content=document.read(),
            name=document.name or "",
            content_type=document.content_type or "application/octet-stream",
            by=by,
        )
    made.save(force_insert=True)
    _skill_give(made)
    audit_record(made.technician, verb=verb, by=by, data=_data(made))
    return made


def _skill_give(certificate: Certificate) -> None:
    if certificate.kind.skill:
        certificate.technician.skills.add(certificate.kind.skill)


def _data(certificate: Certificate) -> dict[str, str]:
    return {
        "kind": str(certificate.kind),
        "number": certificate.number,
        "expires_on": certificate.expires_on.isoformat(),
    }
