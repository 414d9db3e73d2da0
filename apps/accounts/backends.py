"""Who is asking: the user of a session, with what they may do, in one statement."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from apps.accounts.models import User
from apps.core.compiled import Given, compiled
from apps.core.together import together


class AccountBackend(AuthenticationBackend):
    """allauth's login by e-mail address; each request loads its user together with roles and abilities."""

    def _authenticate_by_email(self, email: str, password: str) -> User | None:
        """By the one address of a user, which was proved. What else allauth knows of addresses does not count."""
        user = User.objects.filter(email=email.strip().lower()).first()
        return self._check_password(user, password)

    def get_user(self, user_id: Any) -> User | None:
        asked = compiled(
            "user", lambda: {"user": User.objects.with_rights().filter(pk=Given("pk"))}, pk=user_id
        )
        together(asked["user"])
        user = next(iter(asked["user"]), None)
        return user if user is not None and self.user_can_authenticate(user) else None
