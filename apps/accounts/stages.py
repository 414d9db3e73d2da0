"""The first and the last step of a login. Between them somebody may take a while to find their telephone."""

from typing import Any

from allauth.account.stages import LoginStage
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

STAMP = "stamp"


class Before(LoginStage):
    key = "before"

    def handle(self) -> tuple[Any, bool]:
        self.login.state[STAMP] = str(self.login.user.stamp)  # type: ignore[union-attr]
        return None, True


class After(LoginStage):
    """The password is still the one that was typed, and the user may still come in."""

    key = "after"

    def handle(self) -> tuple[Any, bool]:
        user: Any = self.login.user
        user.refresh_from_db(fields=["stamp", "is_active"])
        if user.is_active and self.login.state.get(STAMP) == str(user.stamp):
            return None, True
        messages.error(self.request, _("Something changed while you logged in. Please begin again."))
        return HttpResponseRedirect(reverse("account_login")), False
