"""The list of packages."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.bookkeeping.models import Package
from apps.core.lists import Column, ListPage
from apps.core.ui.cells import MOMENT, MONEY, dot, lead


class PackageList(ListPage):
    name = "packages"
    search_hint = _("Number")
    default_order = ("-created_at", "-id")
    columns = (
        Column(
            "number",
            _("Package"),
            lambda one: one.number,
            ("number__in_order",),
            cell=lead("bookkeeping:package_detail"),
        ),
        Column("created", _("Made on"), lambda one: one.created_at, ("created_at",), cell=MOMENT),
        Column(
            "by",
            _("By"),
            lambda one: one.created_by.initials if one.created_by else "",
            css="opt",
            cell=dot(lambda one: one.created_by),
        ),
        Column(
            "invoices",
            _("Invoices"),
            lambda one: one.invoice_count,
            ("invoice_count",),
            numeric=True,
            css="opt",
        ),
        Column("total", _("Value"), lambda one: one.total, ("total",), numeric=True, cell=MONEY),
    )


def package_rows(user: Any) -> QuerySet:
    return Package.objects.for_user(user).select_related("created_by")
