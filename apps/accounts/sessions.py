"""Sessions that know whose they are, so that a user can see and end them. The SESSION_ENGINE of the settings."""

from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import CharField, DateTimeField, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from apps.accounts.models import Session
from apps.core import clock
from apps.core.client_address import known_address
from apps.core.compiled import Given, compiled
from apps.core.together import together

CAME = "came"


def _questions() -> dict[str, QuerySet]:
    key = Given("key", CharField())
    return {"session": Session.objects.filter(session_key=key, expire_date__gt=Given("now", DateTimeField()))}


class SessionStore(DatabaseStore):
    def _get_session_from_db(self) -> Session | None:
        """As Django's, with SQL that is compiled once."""
        # By the clock on the wall, as Django says when a session ends.
        asked = compiled("session", _questions, key=self.session_key, now=timezone.now())["session"]
        together(asked)
        if found := next(iter(asked), None):
            return found
        self._session_key = None
        return None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Django's row, with whose it is and from where they came."""
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        came = data.get(CAME, {})
        if BACKEND_SESSION_KEY in data:
            row.user_id = data[SESSION_KEY]
        row.came_at = parse_datetime(came["at"]) if came else None
        row.address, row.agent = came.get("address"), came.get("agent", "")
        return row


def came_in(request: HttpRequest) -> None:
    """Note in the session that somebody has just logged in with it."""
    request.session[CAME] = {
        "at": clock.now().isoformat(),
        "address": known_address(request),
        "agent": request.headers.get("User-Agent", "")[:300],
    }


def session_handle(request: HttpRequest) -> str:
    """What may be kept of the session beside what ends with it."""
    return Session(session_key=request.session.session_key or "").handle
