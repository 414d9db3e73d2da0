"""The lists of users and invitations."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts import roles
from apps.accounts.states import InvitationStatus
from apps.core.lists import Column, Count, Filter, ListPage

ACTIVE, INACTIVE = "active", "inactive"


def _with_state(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(is_active=value == ACTIVE)


def _with_role(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(groups__name=value)


def _holders(role: str):
    return lambda rows: rows.filter(is_active=True, groups__name=role)


class UserList(ListPage):
    name = "users"
    default_order = ("name", "pk")
    search_hint = _("Name or e-mail")
    columns = (
        Column("name", _("User"), lambda user: user.name, ("name",)),
        Column("initials", _("Initials"), lambda user: user.initials, ("initials",)),
        Column("email", _("E-mail"), lambda user: user.email, ("email",)),
        Column("roles", _("Roles"), lambda user: ", ".join(str(one) for one in user.role_labels)),
        Column("last_login", _("Last login"), lambda user: user.last_login, ("last_login",)),
        Column(
            "status",
            _("Status"),
            lambda user: _("Active") if user.is_active else _("Inactive"),
            ("-is_active",),
        ),
    )
    filters = (
        Filter("role", _("Role"), list(roles.ROLE_LABELS.items()), _with_role),
        Filter("status", _("Status"), [(ACTIVE, _("Active")), (INACTIVE, _("Inactive"))], _with_state),
    )
    counts = (
        Count(_("Back office"), _holders(roles.OFFICE), {"role": roles.OFFICE, "status": ACTIVE}),
        Count(_("Owner / finance"), _holders(roles.OWNER), {"role": roles.OWNER, "status": ACTIVE}),
        Count(_("Admins"), _holders(roles.ADMIN), {"role": roles.ADMIN, "status": ACTIVE}),
        Count(_("Inactive"), lambda rows: rows.filter(is_active=False), {"status": INACTIVE}),
    )


class InvitationList(ListPage):
    name = "invitations"
    default_order = ("-invited_at", "-pk")
    search_hint = _("Name or e-mail")
    columns = (
        Column("name", _("Invited"), lambda one: one.name, ("name",)),
        Column("email", _("E-mail"), lambda one: one.email, ("email",)),
        Column("roles", _("Roles"), lambda one: ", ".join(str(label) for label in one.role_labels)),
        Column("by", _("By"), lambda one: one.invited_by.name, ("invited_by__name",)),
        Column("expires", _("Valid until"), lambda one: one.expires_at, ("expires_at",)),
        Column("status", _("Status"), lambda one: one.get_status_display(), ("status",)),
    )
    filters = (
        Filter(
            "status", _("Status"), InvitationStatus.choices, lambda rows, value: rows.filter(status=value)
        ),
    )
