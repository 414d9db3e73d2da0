"""The log of who came in, who was refused, and from where: one line each, for people and for programs.

No secret is written here and nothing that a stranger typed: passwords land in the field for the e-mail too.
"""

import json
import logging
from typing import Any

from django.http import HttpRequest

from apps.core.client_address import client_address

log = logging.getLogger("watertight.security")


def journal(event: str, request: HttpRequest, *, user: Any = None, **facts: Any) -> None:
    """Write that `event` happened to `user` (nobody that we know, without one)."""
    level = logging.WARNING if event.endswith(("refused", "failed")) else logging.INFO
    told = {"user": getattr(user, "pk", None) or "-", "address": client_address(request)} | facts
    log.log(level, "%s %s", event, " ".join(f"{name}={_value(value)}" for name, value in told.items()))


def _value(value: Any) -> str:
    text = str(value)
    return text if text and all(one.isalnum() or one in "-_.:/@+" for one in text) else json.dumps(text)
