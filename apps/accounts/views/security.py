"""What somebody changes of their own login, after their password was asked for once more."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.views import PasswordChangeView
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import actions, devices
from apps.accounts.forms import AddressForm
from apps.accounts.models import AccountLink, Session
from apps.accounts.places import Place, browser_label
from apps.accounts.states import LinkKind
from apps.core import clock
from apps.core.journal import journal

proved = reauthentication_required(app="allauth.account")


class PasswordChange(PasswordChangeView):
    """Asks for the present password itself. This browser stays logged in, and known.

    Who has none yet chooses one by a link that is mailed.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_usable_password():
            return redirect("account_reset_password")
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        devices.remember(self.request, response, form.user)
        return response


@proved
@require_http_methods(["GET", "POST"])
def address_change(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = AddressForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        actions.address_ask(user=user, email=form.cleaned_data["email"], place=Place.of(request))
        journal("address_ask", request, user=user)
        return redirect("account_email")
    waiting = AccountLink.objects.live(clock.now()).filter(user=user, kind=LinkKind.ADDRESS).first()
    context = {"form": form, "waiting": waiting}
    return render(request, "account/email.html", context, status=422 if form.is_bound else 200)


@proved
@require_POST
def address_withdraw(request: HttpRequest) -> HttpResponse:
    actions.address_withdraw(user=request.user)  # type: ignore[arg-type]
    return redirect("account_email")


@proved
@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    rows = Session.objects.filter(user=request.user, expire_date__gt=clock.now()).order_by("-came_at")
    here = request.session.session_key
    sessions = [
        {
            "handle": row.handle,
            "browser": browser_label(row.agent),
            "address": row.address,
            "came_at": row.came_at,
            "here": row.session_key == here,
        }
        for row in rows
    ]
    return render(request, "account/session_list.html", {"sessions": sessions})


@proved
@require_POST
def session_end(request: HttpRequest, handle: str) -> HttpResponse:
    actions.session_end(user=request.user, handle=handle, place=Place.of(request))  # type: ignore[arg-type]
    journal("session_end", request, user=request.user)
    messages.success(request, _("That browser is logged out."))
    return redirect("account_sessions")


@proved
@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    """Everywhere but here."""
    user: Any = request.user
    actions.sessions_end(user=user, by=user, place=Place.of(request))
    update_session_auth_hash(request, user)
    journal("sessions_end", request, user=user)
    messages.success(request, _("You are logged out everywhere else."))
    response = redirect("account_sessions")
    devices.remember(request, response, user)
    return response
