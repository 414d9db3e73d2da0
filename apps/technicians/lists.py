"""The list of technicians."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.lists import Column, Count, Filter, ListPage
from apps.technicians.models import Skill, Technician, TechnicianKind

ACTIVE, INACTIVE = "active", "inactive"
AVAILABLE, AWAY = "available", "away"


def _with_status(rows: QuerySet, value: str) -> QuerySet:
    active = Technician.objects.active().values("pk")
    return rows.filter(pk__in=active) if value == ACTIVE else rows.exclude(pk__in=active)


def _today(rows: QuerySet, value: str) -> QuerySet:
    available = Technician.objects.available_on(clock.today()).values("pk")
    if value == AVAILABLE:
        return rows.filter(pk__in=available)
    return _with_status(rows, ACTIVE).exclude(pk__in=available)


def _kind(kind: str) -> Any:
    return lambda rows: _with_status(rows, ACTIVE).filter(kind=kind)


class TechnicianList(ListPage):
    name = "technicians"
    default_order = ("user__name", "pk")
    search_hint = _("Name, region or telephone")
    columns = (
        Column("name", _("Technician"), lambda row: row.user.name, ("user__name",)),
        Column("kind", _("Type"), lambda row: row.get_kind_display(), ("kind", "user__name")),
        Column("skills", _("Skills"), lambda row: ", ".join(skill.name for skill in row.skills.all())),
        Column("region", _("Home region"), lambda row: row.region, ("region", "user__name")),
        Column("phone", _("Telephone"), lambda row: row.phone),
        Column("email", _("E-mail"), lambda row: row.user.email, ("user__email",)),
        Column(
            "status",
            _("Status"),
            lambda row: _("In service") if row.active and row.user.is_active else _("Inactive"),
            ("-active", "user__name"),
        ),
    )
    filters = (
        Filter("kind", _("Type"), TechnicianKind.choices, lambda rows, value: rows.filter(kind=value)),
        Filter(
            "skill",
            _("Skill"),
            lambda: Skill.objects.values_list("pk", "name"),
            lambda rows, value: rows.filter(skills=value),
        ),
        Filter(
            "region",
            _("Home region"),
            lambda: (
                Technician.objects.exclude(region="")
                .order_by("region")
                .values_list("region", flat=True)
                .distinct()
            ),
            lambda rows, value: rows.filter(region=value),
        ),
        Filter("today", _("Today"), [(AVAILABLE, _("Available")), (AWAY, _("Not available"))], _today),
        Filter("status", _("Status"), [(ACTIVE, _("In service")), (INACTIVE, _("Inactive"))], _with_status),
    )
    counts = (
        Count(_("Internal"), _kind(TechnicianKind.INTERNAL), {"kind": "internal", "status": ACTIVE}),
        Count(
            _("ZZP / subcontractors"),
            _kind(TechnicianKind.CONTRACTOR),
            {"kind": "contractor", "status": ACTIVE},
        ),
        Count(
            _("Available today"),
            lambda rows: rows.available_on(clock.today()),
            {"today": AVAILABLE},
            "g",
        ),
        Count(_("Inactive"), lambda rows: _with_status(rows, INACTIVE), {"status": INACTIVE}),
    )
