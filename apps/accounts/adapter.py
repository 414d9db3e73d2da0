"""How allauth meets this product: nobody signs up by themselves, guessing is held back, and what changes is told."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts import devices
from apps.accounts.actions import password_set, security_tell
from apps.accounts.guesses import Guess, password_guess
from apps.accounts.places import Place
from apps.accounts.sessions import came_in, session_handle
from apps.core.client_address import client_address
from apps.core.database import ACCOUNT, OFFICE, as_role
from apps.core.journal import journal
from apps.messaging.actions import device_claim

# The mails that allauth would send of a change, and what we call it.
CHANGES = {
    "account/email/password_changed": "password_change",
    "mfa/email/totp_activated": "app_add",
    "mfa/email/totp_deactivated": "app_remove",
    "mfa/email/recovery_codes_generated": "codes_make",
    "mfa/email/webauthn_added": "passkey_add",
    "mfa/email/webauthn_removed": "passkey_remove",
}


# What allauth says on a page after a change; of the rest it says nothing.
SAID = {
    "account/messages/password_changed.txt": _("Your password is changed."),
    "mfa/messages/totp_activated.txt": _("The authenticator app is switched on."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app is switched off."),
    "mfa/messages/recovery_codes_generated.txt": _("New recovery codes are made."),
    "mfa/messages/webauthn_added.txt": _("The passkey is added."),
    "mfa/messages/webauthn_removed.txt": _("The passkey is removed."),
}


class AccountAdapter(DefaultAccountAdapter):
    guess: Guess
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("This e-mail address and this password do not go together."),
        "incorrect_code": _("This code is not right."),
        "incorrect_password": _("This is not your password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Users are invited."""
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def get_login_stages(self) -> list[str]:
        """Between the password and the code nothing may have ended what the password was good for."""
        between = super().get_login_stages()
        return ["apps.accounts.stages.Before", *between, "apps.accounts.stages.After"]

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The password: who found an open session may have found the telephone beside it."""
        return [
            {
                "id": "reauthenticate",
                "description": _("Password"),
                "url": reverse("account_reauthenticate"),
            }
        ]

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        self.guess = password_guess(request, credentials.get("email", ""))
        with self.guess.turn():
            return super().authenticate(request, **credentials)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        self.guess.check()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        self.guess.wrong()

    def reauthenticate(self, user: Any, password: str) -> bool:
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        came_in(request)
        if browser := request.COOKIES.get(devices.PUSH_COOKIE):
            with as_role(OFFICE):
                device_claim(user=user, browser=browser, session=session_handle(request))

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        devices.remember(request, response, user)
        journal("login", request, user=user)
        return response

    def logout(self, request: HttpRequest) -> None:
        journal("logout", request, user=request.user)
        super().logout(request)

    def set_password(self, user: Any, password: str) -> None:
        password_set(user=user, password=password)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        text = message or SAID.get(message_template or "")
        if text:
            messages.add_message(request, level, text, extra_tags=extra_tags)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Some of these come after the request's transaction is over."""
        what = CHANGES[template_prefix]
        with as_role(ACCOUNT, user_id=user.pk):
            security_tell(user=user, what=what, by=user, place=Place.of(self.request))
        journal(what, self.request, user=user)
