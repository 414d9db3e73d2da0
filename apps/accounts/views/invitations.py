"""Invitations, as whoever manages users sees them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import actions
from apps.accounts.forms import InvitationForm
from apps.accounts.lists import InvitationList, invitation_rows
from apps.accounts.models import Invitation
from apps.core.web import requires


@requires("manage_users")
@require_safe
def invitation_list(request: HttpRequest) -> HttpResponse:
    page = InvitationList(request, invitation_rows)
    return page.export() or render(
        request, "accounts/invitation_list.html", {"page": page, "tab": "invitations"}
    )


@requires("manage_users")
@require_http_methods(["GET", "POST"])
def invitation_send(request: HttpRequest) -> HttpResponse:
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        invitation = actions.invitation_send(by=request.user, **form.cleaned_data)
        messages.success(
            request, _("The invitation to %(email)s is on its way.") % {"email": invitation.email}
        )
        return redirect("accounts:invitation_list")
    context = {"form": form, "tab": "invitations", "days": actions.INVITATION_DAYS}
    return render(request, "accounts/invitation_send.html", context, status=422 if form.is_bound else 200)


@requires("manage_users")
@require_POST
def invitation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.for_user(request.user), pk=pk)
    actions.invitation_revoke(invitation=invitation, by=request.user)
    messages.success(request, _("The invitation to %(email)s is revoked.") % {"email": invitation.email})
    return redirect("accounts:invitation_list")
