"""How a user logs in, as whoever manages users sees it and can mend it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts import actions
from apps.accounts.forms import ReasonForm
from apps.accounts.models import User
from apps.accounts.places import Place
from apps.core.journal import journal
from apps.core.web import requires


def _with_reason(
    request: HttpRequest, pk: int, template: str, act: Callable[..., None], event: str, done: str
) -> HttpResponse:
    """Ask for a reason and the admin's own password, then act on the user."""
    user = get_object_or_404(User.objects.for_user(request.user), pk=pk)
    by: Any = request.user
    form = ReasonForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        act(user=user, by=by, reason=form.cleaned_data["reason"], place=Place.of(request))
        journal(event, request, user=by, of=user.pk)
        messages.success(request, done % {"name": user.name})
        return redirect("accounts:user_detail", user.pk)
    response = render(
        request,
        template,
        {"form": form, "changed": user, "tab": "users"},
        status=422 if form.is_bound else 200,
    )
    response.keeps_writes = True  # type: ignore[attr-defined]  # a wrong password counts
    return response


@requires("manage_users")
@require_http_methods(["GET", "POST"])
def factors_remove(request: HttpRequest, pk: int) -> HttpResponse:
    return _with_reason(
        request, pk, "accounts/factors_remove.html", actions.factors_remove, "factors_remove",
        _("The second factor of %(name)s is removed; they are told by mail."),
    )  # fmt: skip


@requires("manage_users")
@require_http_methods(["GET", "POST"])
def sessions_end(request: HttpRequest, pk: int) -> HttpResponse:
    return _with_reason(
        request, pk, "accounts/sessions_end.html", actions.sessions_end, "sessions_end",
        _("%(name)s is logged out everywhere; they are told by mail."),
    )  # fmt: skip
