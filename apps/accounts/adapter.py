"""How allauth meets this product: nobody signs up by themselves, and guessing is held back."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from apps.accounts import devices
from apps.accounts.guesses import Guess, guesses_forget, password_guess
from apps.core.client_address import client_address
from apps.core.journal import journal


class AccountAdapter(DefaultAccountAdapter):
    guess: Guess

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Users are invited."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        self.guess = password_guess(request, credentials.get("email", ""))
        self.guess.check()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        self.guess.wrong()

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        devices.remember(request, response, user)
        journal("login", request, user=user)
        return response

    def logout(self, request: HttpRequest) -> None:
        journal("logout", request, user=request.user)
        super().logout(request)

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""

    def set_password(self, user: Any, password: str) -> None:
        """Write what this changes alone: the database lets a technician change no other column of a user."""
        user.set_password(password)
        user.save(update_fields=["password", "stamp"])
        guesses_forget(user)
