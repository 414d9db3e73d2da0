"""Users: the list with one of them beside it, and what may be done with a user."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import actions, roles
from apps.accounts.forms import MatrixForm, RaiseForm, UserForm
from apps.accounts.lists import UserList, user_rows
from apps.accounts.models import OpenSession, SecondFactor, User
from apps.accounts.places import Place
from apps.core import clock
from apps.core.editing import Edit, edits
from apps.core.handover import hand_over_page
from apps.core.models import AuditEvent
from apps.core.together import number_of, together
from apps.core.versions import edition
from apps.core.web import requires


def _page(request: HttpRequest, chosen: User | None = None) -> HttpResponse:
    page = UserList(request, user_rows, path=reverse("accounts:user_list"))
    if answer := page.export():
        return answer
    context: dict[str, Any] = {"page": page, "chosen": chosen, "tab": "users"}
    if chosen:
        factors = SecondFactor.objects.filter(user=chosen).order_by("created_at")
        sessions = number_of(OpenSession.objects.filter(user=chosen, expire_date__gt=clock.now()))
        together(factors, sessions)
        context |= {
            "rights": user_rights(chosen),
            "factors": factors,
            "sessions": sessions.value,
            "is_oneself": chosen.pk == request.user.pk,
        }
    return render(request, "accounts/user_list.html", context)


def user_rights(user: User) -> list[dict[str, Any]]:
    """The matrix of one user: each ability in words, and by which of the user's roles they have it."""
    held: dict[str, list[str]] = {}
    for group in user.groups.prefetch_related("permissions"):
        for permission in group.permissions.all():
            held.setdefault(permission.codename, []).append(group.name)
    return [
        {"label": label, "roles": roles.labels(held.get(ability, []))}
        for ability, (label, _holders) in roles.ABILITIES.items()
    ]


@requires("manage_users")
@require_safe
def user_list(request: HttpRequest) -> HttpResponse:
    return _page(request)


@requires("manage_users")
@require_safe
def user_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(User.objects.for_user(request.user), pk=pk))


@requires("manage_users")
@require_http_methods(["GET", "POST"])
@edits
def user_change(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User.objects.for_user(request.user), pk=pk)
    edit = Edit(request, user, UserForm(instance=user))
    form = UserForm(edit.data, instance=user)
    valid = edit.saves and form.is_valid()
    proof = _proof(request, asked=valid, raises=valid and form.raises)
    if valid and proof.is_valid():
        actions.user_change(
            user=user, by=request.user, version=edit.version, place=Place.of(request), **form.cleaned_data
        )
        messages.success(request, _("%(name)s is changed.") % {"name": user.name})
        return redirect("accounts:user_detail", user.pk)
    context = {"form": form, "proof": proof, "changed": user, "tab": "users", "edit": edit}
    return _shown_again(request, "accounts/user_change.html", context)


def _proof(request: HttpRequest, *, asked: bool, raises: bool) -> RaiseForm:
    """The password of who gives more rights; it stands outside the form, which may come back with two versions."""
    by: Any = request.user
    return RaiseForm(request.POST if asked else None, by=by, raises=raises)


def _shown_again(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, context, status=422 if context["form"].is_bound else 200)
    response.keeps_writes = context["proof"].is_bound  # type: ignore[attr-defined]  # a wrong password counts
    return response


@requires("manage_users")
@require_http_methods(["GET", "POST"])
def user_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """No longer log in: what they hold, and to whom it goes."""
    user = get_object_or_404(User.objects.for_user(request.user), pk=pk)

    def done() -> HttpResponse:
        messages.success(request, _("%(name)s can no longer log in.") % {"name": user.name})
        return redirect("accounts:user_detail", pk)

    act = partial(actions.user_deactivate, user=user, by=request.user)
    template = "accounts/user_deactivate.html"
    return hand_over_page(
        request, subject=user, template=template, act=act, done=done, leaver=user, tab="users"
    )


@requires("manage_users")
@require_http_methods(["GET", "POST"])
def user_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody holds goes to others, before they leave or after."""
    user = get_object_or_404(User.objects.for_user(request.user), pk=pk)

    def done() -> HttpResponse:
        messages.success(request, _("The work of %(name)s is handed over.") % {"name": user.name})
        return redirect("accounts:user_detail", pk)

    act = partial(actions.user_hand_over, user=user, by=request.user)
    template = "accounts/user_hand_over.html"
    return hand_over_page(
        request, subject=user, template=template, act=act, done=done, leaver=user, tab="users"
    )


@requires("manage_users")
@require_POST
def user_activate(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User.objects.for_user(request.user), pk=pk)
    actions.user_activate(user=user, by=request.user)
    messages.success(request, _("%(name)s can log in again.") % {"name": user.name})
    return redirect("accounts:user_detail", user.pk)


def _matrix_history(names: dict[int, str]) -> list[dict[str, Any]]:
    """The last changes of the matrix in words."""
    found = []
    for event in AuditEvent.objects.filter(subject_type=Group._meta.label_lower).order_by("-at", "-id")[:20]:
        role = roles.ROLE_LABELS.get(names.get(event.subject_id, ""), "")
        ability = roles.ABILITIES.get(event.data.get("ability", ""), ("",))[0]
        words = (
            _("%(role)s may now %(ability)s")
            if event.verb == "group.give"
            else _("%(role)s may no longer %(ability)s")
        )
        found.append(
            {"at": event.at, "who": event.actor_label, "label": words % {"role": role, "ability": ability}}
        )
    return found


@requires("manage_users")
@require_http_methods(["GET", "POST"])
@edits
def role_abilities(request: HttpRequest) -> HttpResponse:
    """The matrix of all roles. A tick gives an ability to everyone who holds the role."""
    groups = {group.name: group for group in Group.objects.prefetch_related("permissions")}
    held = {name: {one.codename for one in group.permissions.all()} for name, group in groups.items()}
    stored = MatrixForm(initial={name: sorted(held[name]) for name in roles.ROLE_LABELS})
    edit = Edit(request, edition(Group.permissions.through), stored, about=_("Roles"))
    form = MatrixForm(edit.data)
    valid = edit.saves and form.is_valid()
    proof = _proof(request, asked=valid, raises=valid and form.raises(held))
    if valid and proof.is_valid():
        changed = actions.role_abilities_set(allowed=form.allowed, by=request.user, version=edit.version)
        messages.success(request, _("The matrix is saved; %(n)s changed.") % {"n": changed})
        return redirect("accounts:role_abilities")
    if edit.data is not None:  # what was typed
        held = {name: set(edit.data.getlist(name)) for name in roles.ROLE_LABELS}
    context = {
        "form": form,
        "proof": proof,
        "edit": edit,
        "tab": "roles",
        "roles": roles.ROLE_LABELS.values(),
        "events": _matrix_history({group.pk: group.name for group in groups.values()}),
        "rows": [
            {
                "ability": ability,
                "label": label,
                "cells": [
                    {
                        "role": role,
                        "label": roles.ROLE_LABELS[role],
                        "held": ability in held[role],
                        "possible": roles.is_possible(role, ability),
                    }
                    for role in roles.ROLE_LABELS
                ],
            }
            for ability, (label, _holders) in roles.ABILITIES.items()
        ],
    }
    return _shown_again(request, "accounts/role_abilities.html", context)
