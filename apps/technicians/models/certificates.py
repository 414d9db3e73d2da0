"""What technicians are certified for, and until when."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock, formats
from apps.core.models import Versioned
from apps.core.querysets import InUseQuerySet
from apps.documents.models import StoredFile
from apps.technicians.models.technicians import Skill, Technician
from apps.technicians.querysets import CertificateQuerySet


class CertificateKind(Versioned):
    """What somebody can be certified for. With a skill: it lasts no longer than the certificate."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    skill = models.ForeignKey(
        Skill, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("skill that it gives")
    )
    active = models.BooleanField(_("active"), default=True)

    objects = InUseQuerySet.as_manager()

    class Meta:
        verbose_name = _("kind of certificate")
        verbose_name_plural = _("kinds of certificates")
        ordering = ["name__by_name"]

    def __str__(self) -> str:
        return self.name


class Certificate(models.Model):
    """A certificate as it was issued: it never changes. A later one `renews` it, so that there is one line of each kind.

    `sql/certificates.sql` guards that line.
    """

    technician = models.ForeignKey(Technician, models.CASCADE, related_name="certificates")
    kind = models.ForeignKey(CertificateKind, models.PROTECT, related_name="+", verbose_name=_("kind"))
    number = models.CharField(_("number"), max_length=60, blank=True)
    issued_on = models.DateField(_("issued on"))
    expires_on = models.DateField(_("expires on"))
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    renews = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="renewal")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["kind__name__by_name", "-expires_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_on__gt=models.F("issued_on")),
                name="certificate_expires_after_issue",
            ),
            models.UniqueConstraint(
                fields=["technician", "kind"],
                condition=models.Q(renews__isnull=True),
                name="one_line_of_certificates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {formats.day(self.expires_on)}"

    def is_over(self, day: date) -> bool:
        return day > self.expires_on
