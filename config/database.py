"""How Watertight reaches Postgres: which server, and as which login role."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from config.embedded import socket_folder
from config.kept_once import kept_once

WEB_LOGIN = "wt_web"


def secret_key(var_folder: Path) -> str:
    """The installation's secret: from the environment, or made once and kept in `var_folder`."""
    given = os.environ.get("WATERTIGHT_SECRET_KEY")
    if given:
        return given
    return kept_once(var_folder / "secret_key", lambda: secrets.token_urlsafe(50))


def web_password(key: str) -> str:
    """The password of the blind login role, derived so that it needs no place of its own."""
    return hmac.new(key.encode(), b"database login wt_web", hashlib.sha256).hexdigest()


def parsed(url: str) -> dict[str, Any]:
    """The parts of `postgresql://user:password@host:port/name?option=value`, as Django wants them.

    The options are libpq's (`sslmode=require`); `host` may be the folder of a Unix socket.
    """
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": options.pop("port", str(parts.port or "")),
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "OPTIONS": options,
    }


def database_settings(var_folder: Path) -> dict[str, Any]:
    """Django's DATABASES entry.

    `WATERTIGHT_LOGIN=web` makes this process log in as the blind role (web server and worker);
    otherwise it is the owner, who migrates and grants.
    """
    url = os.environ.get("DATABASE_URL")
    found: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {},
    }
    if url:
        found |= parsed(url)
    else:
        found |= {"HOST": socket_folder(var_folder / "postgres"), "NAME": "watertight", "USER": "postgres"}
    if os.environ.get("WATERTIGHT_PREPARE", "1") != "0":
        # The statements of `core.together` are planned once for each connection; others hold their values, and are not.
        found["OPTIONS"]["prepare_threshold"] = 2
    if os.environ.get("WATERTIGHT_LOGIN") == "web":
        found |= {"USER": WEB_LOGIN, "PASSWORD": web_password(secret_key(var_folder))}
    return found
