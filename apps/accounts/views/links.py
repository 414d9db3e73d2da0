"""The pages behind the private links of an account: a new password, a new address."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts import actions, devices
from apps.accounts.forms import NewPasswordForm, PasswordLinkForm
from apps.accounts.models import AccountLink
from apps.accounts.places import Place
from apps.accounts.states import LinkKind
from apps.core import clock
from apps.core.database import ACCOUNT
from apps.core.journal import journal
from apps.messaging.private_links import Door


def by_link(kind: LinkKind) -> Door:
    def gone(request: HttpRequest, link: AccountLink | None) -> HttpResponse:
        journal("link.refused", request, kind=kind.value)
        return render(request, "account/link_gone.html", {"kind": kind})

    return Door(
        rows=lambda: AccountLink.objects.select_related("user").filter(kind=kind),
        live=lambda rows: rows.live(clock.now()),
        language=lambda link: link.user.language,
        gone=gone,
        role=ACCOUNT,
        logs_in=True,
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def password_forgotten(request: HttpRequest) -> HttpResponse:
    """The answer is the same whether somebody logs in with the address or not."""
    form = PasswordLinkForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        actions.password_link_send(email=form.cleaned_data["email"])
        journal("password_link", request)
        return redirect("account_reset_password_done")
    response = render(
        request, "account/password_reset.html", {"form": form}, status=422 if form.is_bound else 200
    )
    response.keeps_writes = True  # type: ignore[attr-defined]
    return response


@login_not_required
@require_safe
def password_link_sent(request: HttpRequest) -> HttpResponse:
    context = {"hours": actions.PASSWORD_LINK_HOURS}
    return render(request, "account/password_reset_done.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link(LinkKind.PASSWORD)
def password_choose(request: HttpRequest, link: AccountLink) -> HttpResponse:
    form = NewPasswordForm(request.POST or None, user=link.user)
    if request.method == "POST" and form.is_valid():
        user = actions.password_reset(
            link=link, password=form.cleaned_data["password"], place=Place.of(request)
        )
        journal("password_reset", request, user=user)
        messages.success(request, _("Your new password is kept. Log in with it."))
        response = redirect("account_login")
        devices.remember(request, response, user)  # whoever reads the mailbox is no stranger
        return response
    context = {"form": form, "email": link.user.email}
    return render(
        request, "account/password_reset_from_key.html", context, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@by_link(LinkKind.ADDRESS)
def address_confirm(request: HttpRequest, link: AccountLink) -> HttpResponse:
    """A mail program that looks at links changes nothing: the button does."""
    if request.method == "POST":
        user = actions.address_confirm(link=link, place=Place.of(request))
        journal("address_change", request, user=user)
        messages.success(request, _("From now on you log in with %(email)s.") % {"email": user.email})
        return redirect("account_login")
    return render(request, "account/email_confirm.html", {"link": link})
