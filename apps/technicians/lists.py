"""The list of technicians."""

from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.lists import Column, Count, Filter, ListPage
from apps.core.telephone_fields import tel
from apps.core.ui.cells import Cell, beside_dot, cut, faint, link, status, written
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


def _name(name: str, row: Technician, page: ListPage) -> str:
    address = reverse("technicians:technician_detail", args=[row.pk]) + page.carried
    return beside_dot(row.user, link(name, address, "row") + faint(tel(row.phone) or row.user.email))


def _in_service(row: Technician) -> bool:
    return row.active and row.user.is_active


def _where(row: Technician) -> Any:
    """Whether somebody can be planned today; `here` comes with `technician_rows`."""
    if not _in_service(row):
        return _("Inactive")
    return _("Available") if row.here else _("Not available")  # type: ignore[attr-defined]


def _where_tone(row: Technician) -> str:
    if not _in_service(row):
        return "n"
    return "g" if row.here else "a"  # type: ignore[attr-defined]


def technician_rows(user: Any) -> QuerySet:
    """The technicians that the list shows, each with whether he is there today."""
    available = Technician.objects.available_on(clock.today()).values("pk")
    here = ExpressionWrapper(Q(pk__in=available), BooleanField())
    rows = Technician.objects.for_user(user).select_related("user").prefetch_related("skills")
    return rows.annotate(here=here)


class TechnicianList(ListPage):
    name = "technicians"
    default_order = ("user__name__by_name", "pk")
    search_hint = _("Name, region or telephone")
    columns = (
        Column(
            "name", _("Technician"), lambda row: row.user.name, ("user__name__by_name",), cell=Cell(_name)
        ),
        Column(
            "kind",
            _("Type"),
            lambda row: row.get_kind_display(),
            ("kind", "user__name__by_name"),
            css="opt-2",
        ),
        Column(
            "skills",
            _("Skills"),
            lambda row: ", ".join(str(skill) for skill in row.skills.all()),
            css="opt",
            cell=written(cut),
        ),
        Column(
            "region",
            _("Home region"),
            lambda row: row.region,
            ("region", "user__name__by_name"),
            css="opt",
            cell=written(str),
        ),
        Column("today", _("Today"), _where, cell=status(_where_tone)),
    )
    export_columns = (
        Column("team", _("Team"), lambda row: row.team),
        Column("phone", _("Telephone"), lambda row: tel(row.phone)),
        Column("email", _("E-mail"), lambda row: row.user.email),
        Column(
            "status",
            _("Status"),
            lambda row: _("In service") if _in_service(row) else _("Inactive"),
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
        Filter(
            "team",
            _("Team"),
            lambda: (
                Technician.objects.exclude(team="").order_by("team").values_list("team", flat=True).distinct()
            ),
            lambda rows, value: rows.filter(team=value),
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
