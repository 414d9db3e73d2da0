"""What the plan has to say on the page of a technician: visits after their last day, or after a certificate expired."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core import formats
from apps.core.compiled import ThisMoment
from apps.core.remarks import Remark
from apps.planning.models import Assignment
from apps.planning.querysets import day_after, with_visits_after
from apps.technicians.models import Certificate, Technician


def visits_after_last_day(technician: Technician, user: Any) -> QuerySet:
    rows = Assignment.objects.for_user(user).active().from_now(ThisMoment()).filter(technician=technician)
    return rows.filter(period__startswith__gte=day_after("technician__last_day")).order_by("period")


def last_day_remarks(rows: Sequence[Any], technician: Technician, user: Any) -> list[Remark]:
    """How many of their visits stand after their last day, and where these go to others."""
    if not rows or technician.last_day is None:
        return []
    may = user.may("manage_technicians")
    words = {"n": len(rows), "day": formats.day(technician.last_day)}
    text = (
        ngettext(
            "%(n)s visit stands on the plan after the last day, %(day)s.",
            "%(n)s visits stand on the plan after the last day, %(day)s.",
            len(rows),
        )
        % words
    )
    return [
        Remark(
            text,
            reverse("technicians:technician_hand_over", args=[technician.pk]) if may else "",
            _("Hand over"),
        )
    ]


def certificates_expired(technician: Technician, user: Any) -> QuerySet:
    rows = Certificate.objects.for_user(user).current().filter(technician=technician)
    to_come = Assignment.objects.active().from_now(ThisMoment())
    return with_visits_after(rows.select_related("kind"), to_come).filter(visits_after__gt=0)


def certificate_remarks(rows: Sequence[Any], _technician: Technician, user: Any) -> list[Remark]:
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
