"""What the plan has to say on the page of a technician: visits after a certificate that they need expired."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core import formats
from apps.core.remarks import Remark
from apps.planning.models import Assignment
from apps.planning.querysets import with_visits_after
from apps.technicians.models import Certificate, Technician


def certificates_of(technician: Technician, user: Any) -> QuerySet:
    rows = Certificate.objects.for_user(user).current().filter(technician=technician)
    return with_visits_after(rows.select_related("kind"), Assignment.objects.active()).filter(
        visits_after__gt=0
    )


def remarks_of_technician(rows: Sequence[Any], _technician: Technician, user: Any) -> list[Remark]:
    may = user.may("manage_technicians")
    return [
        Remark(
            visits_said(one),
            reverse("technicians:certificate_renew", args=[one.pk]) if may else "",
            _("Renew"),
        )
        for one in rows
    ]


def visits_said(certificate: Any) -> str:
    """How many visits ask for it after it expired."""
    count = certificate.visits_after
    words = {"n": count, "certificate": certificate.kind, "day": formats.day(certificate.expires_on)}
    return (
        ngettext(
            "%(certificate)s until %(day)s: %(n)s visit that needs it is planned after that day.",
            "%(certificate)s until %(day)s: %(n)s visits that need it are planned after that day.",
            count,
        )
        % words
    )
