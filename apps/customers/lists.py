"""The list of customers."""

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from apps.core.lists import Column, Count, Filter, ListPage
from apps.core.telephone_fields import tel
from apps.core.ui.atoms import tag
from apps.core.ui.cells import CUT, NOWRAP, Cell, cut, lead
from apps.customers.models import Customer, CustomerKind


def _kind(kind: str, row: Customer, _page: ListPage) -> str:
    if row.merged_into_id:
        return tag(_("Merged"))
    return escape(kind) if row.active else tag(_("No longer active"))


def _in_use(rows: QuerySet, value: str) -> QuerySet:
    if value == "merged":
        return rows.exclude(merged_into=None)
    return rows.filter(active=value == "yes", merged_into=None)


class CustomerList(ListPage):
    name = "customers"
    search_hint = _("Name, address, telephone, e-mail")
    default_order = ("sort_name", "pk")
    columns = (
        Column(
            "name",
            _("Customer"),
            lambda row: row.name,
            order=("sort_name",),
            cell=lead("customers:customer_detail", show=cut),
        ),
        Column(
            "address",
            _("Address"),
            lambda row: row.street_line,
            order=("street", "house_number__in_order"),
            css="opt-2",
            cell=CUT,
        ),
        Column(
            "postal_code",
            _("Postal code"),
            lambda row: row.postal_code,
            order=("postal_code",),
            css="opt-2",
            cell=NOWRAP,
        ),
        Column("city", _("City"), lambda row: row.city, order=("city",), cell=CUT),
        Column("phone", _("Telephone"), lambda row: tel(row.phone), css="opt", cell=NOWRAP),
        Column("email", _("E-mail"), lambda row: row.email, order=("email",), css="opt-0", cell=CUT),
        Column("kind", _("Kind"), lambda row: row.get_kind_display(), cell=Cell(_kind)),
    )
    filters = (
        Filter("kind", _("Kind"), CustomerKind.choices, lambda rows, value: rows.filter(kind=value)),
        Filter(
            "active",
            _("Active"),
            [
                ("yes", _("Active")),
                ("no", _("No longer active")),
                ("merged", _("Merged into another customer")),
            ],
            _in_use,
        ),
        Filter(
            "language",
            _("Language"),
            settings.LANGUAGES,
            lambda rows, value: rows.filter(language=value),
        ),
        Filter(
            "missing",
            _("Something missing"),
            [("email", _("No e-mail")), ("phone", _("No telephone"))],
            lambda rows, value: rows.filter(Q(email="") if value == "email" else Q(phone="")),
        ),
    )
    counts = (
        Count(_("Companies"), lambda rows: rows.filter(kind="company", active=True), {"kind": "company"}),
        Count(
            _("Private persons"),
            lambda rows: rows.filter(kind="person", active=True),
            {"kind": "person"},
        ),
        Count(_("No e-mail"), lambda rows: rows.filter(email=""), {"missing": "email"}, "amber"),
        Count(
            _("No longer active"), lambda rows: rows.filter(active=False, merged_into=None), {"active": "no"}
        ),
    )
