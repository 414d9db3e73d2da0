"""How allauth meets this product: nobody signs up by themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import connection
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Users are invited."""
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempts for one address one after the other, so that many at once are no way around the limit."""
        address = str(credentials.get("email", "")).lower()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"accounts.login:{address}"])
        super().pre_authenticate(request, **credentials)

    def set_password(self, user: Any, password: str) -> None:
        """Write the password alone: the database lets a technician change no other column of a user."""
        user.set_password(password)
        user.save(update_fields=["password"])
