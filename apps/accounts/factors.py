"""How allauth's second factors meet this product: their secrets are sealed."""

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext_lazy as _

from apps.accounts.places import browser_label
from apps.core.vault import seal, unseal


class FactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right."),
        "cannot_generate_recovery_codes": _(
            "Recovery codes are for who has an authenticator app or a passkey."
        ),
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        """What it is made in: most keep a passkey per device."""
        return browser_label(context.request.headers.get("User-Agent", ""))

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return user.email  # type: ignore[attr-defined]
