"""The pages behind the private links by which one becomes a user."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from apps.accounts import actions, devices
from apps.accounts.first_admin import first_admin_token_valid
from apps.accounts.forms import AdminForm, JoinForm
from apps.accounts.models import Invitation, User
from apps.accounts.roles import OWNER as OWNER_ROLE
from apps.accounts.sessions import came_in
from apps.accounts.states import InvitationStatus
from apps.company.models import Company
from apps.core import clock
from apps.core.actors import SYSTEM, Customer
from apps.core.database import ACCOUNT, OFFICE, as_role
from apps.core.journal import journal
from apps.messaging.private_links import Door, private


def _invitation_gone(request: HttpRequest, invitation: Invitation | None) -> HttpResponse:
    context = {"company": Company.objects.row(), "invitation": invitation}
    return render(request, "accounts/invitation_gone.html", context)


by_invitation = Door(
    rows=lambda: Invitation.objects.select_related("user"),
    live=lambda rows: rows.filter(status=InvitationStatus.INVITED, expires_at__gt=clock.now()),
    language=lambda invitation: invitation.language,
    gone=_invitation_gone,
    logs_in=True,
)


@require_http_methods(["GET", "HEAD", "POST"])
@by_invitation
def invitation_accept(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Choose a password and come in."""
    guest = invitation.user or User(email=invitation.email, name=invitation.name)
    initial = {"initials": actions.initials_of(invitation.name), "language": invitation.language}
    form = JoinForm(request.POST or None, user=guest, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        user = actions.invitation_accept(
            invitation=invitation,
            by=Customer(invitation.name),
            password=given["password"],
            initials=given["initials"],
            language=given["language"],
        )
        return _let_in(request, user, by="invitation")
    context = {"company": Company.objects.row(), "invitation": invitation, "form": form}
    return render(request, "accounts/invitation_accept.html", context, status=422 if form.is_bound else 200)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def first_admin_create(request: HttpRequest, token: str) -> HttpResponseBase:
    """Become the admin of a new installation, by the link that its first start printed."""
    with as_role(OFFICE):
        return private(_first_admin(request, token), referrer="same-origin")


def _first_admin(request: HttpRequest, token: str) -> HttpResponse:
    taken = User.objects.managing().exists()
    if taken or not first_admin_token_valid(token):
        return render(request, "accounts/first_admin_gone.html", {"taken": taken}, status=410)
    initial = {"language": translation.get_language(), "more_roles": [OWNER_ROLE]}
    form = AdminForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "again"}
        user = actions.first_admin_create(by=SYSTEM, **given)
        return _let_in(request, user, by="first link")
    return render(
        request, "accounts/first_admin_create.html", {"form": form}, status=422 if form.is_bound else 200
    )


def _let_in(request: HttpRequest, user: User, by: str) -> HttpResponse:
    """Log in whoever has just become a user, and know their device from now on."""
    with as_role(ACCOUNT):
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        came_in(request)
    home = redirect("office:home")
    devices.remember(request, home, user)
    journal("login", request, user=user, by=by)
    return home
