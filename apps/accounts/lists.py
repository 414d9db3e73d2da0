"""The lists of users and invitations."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.accounts import roles
from apps.accounts.models import Invitation, User
from apps.accounts.states import InvitationStatus
from apps.core import formats
from apps.core.lists import Column, Count, Filter, ListPage
from apps.core.ui.atoms import person
from apps.core.ui.cells import MOMENT, PLAIN, Cell, beside_dot, faint, link, made, status, written

ACTIVE, INACTIVE = "active", "inactive"


def _with_state(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(is_active=value == ACTIVE)


def _with_role(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(groups__name=value)


def _holders(role: str):
    return lambda rows: rows.filter(is_active=True, groups__name=role)


def _roles(one: Any) -> str:
    return ", ".join(str(label) for label in one.role_labels)


def _user(name: str, user: User, page: ListPage) -> str:
    own = user.pk == page.request.user.pk
    address = reverse("accounts:user_detail", args=[user.pk]) + page.carried
    you = format_html(' <span class="tag n">{}</span>', _("you")) if own else SafeString("")
    return beside_dot(user, link(name, address, "row") + you + faint(user.email))


def _invited_by(one: Any) -> str:
    when = format_html('<span class="faint">{}</span>', formats.stamp(one.invited_at))
    return format_html('<span class="person">{}{}</span>', person(one.invited_by), when)


class UserList(ListPage):
    name = "users"
    default_order = ("name__by_name", "pk")
    search_hint = _("Name or e-mail")
    columns = (
        Column("name", _("User"), lambda user: user.name, ("name__by_name",), cell=Cell(_user)),
        Column("roles", _("Roles"), _roles, css="opt"),
        Column(
            "last_login",
            _("Last login"),
            lambda user: user.last_login,
            ("last_login",),
            css="opt",
            cell=written(formats.moment, "day", nothing=_("Never")),
        ),
        Column(
            "status",
            _("Status"),
            lambda user: _("Active") if user.is_active else _("Inactive"),
            ("-is_active",),
            cell=status(lambda user: "g" if user.is_active else "n"),
        ),
    )
    export_columns = (
        Column("initials", _("Initials"), lambda user: user.initials),
        Column("email", _("E-mail"), lambda user: user.email),
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
        Column("name", _("Invited"), lambda one: one.name, ("name__by_name",), cell=Cell(PLAIN.html, "id")),
        Column("email", _("E-mail"), lambda one: one.email, ("email",)),
        Column("roles", _("Roles"), _roles),
        Column(
            "by",
            _("By"),
            lambda one: one.invited_by.name,
            ("invited_by__name__by_name",),
            cell=made(_invited_by),
        ),
        Column("expires", _("Valid until"), lambda one: one.expires_at, ("expires_at",), cell=MOMENT),
        Column("status", _("Status"), lambda one: one.get_status_display(), ("status",), cell=status()),
    )
    filters = (
        Filter(
            "status", _("Status"), InvitationStatus.choices, lambda rows, value: rows.filter(status=value)
        ),
    )


def user_rows(user: Any) -> QuerySet:
    return User.objects.for_user(user).prefetch_related("groups")


def invitation_rows(user: Any) -> QuerySet:
    return Invitation.objects.for_user(user).select_related("invited_by").prefetch_related("roles")
