"""The production server on a free port of this machine, and a session for each user, without a password."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from apps.acceptance.bench.cpu import backends, family, milliseconds
from apps.accounts.models import User

START_SECONDS = 60
PRODUCT, REFERENCE = "config.wsgi", "apps.acceptance.bench.reference:application"


@dataclass(frozen=True)
class Served:
    """A server that runs: its connections to Postgres carry its name."""

    port: int
    pid: int
    name: str
    # Until its first answer.
    seconds: float

    def cpu(self) -> tuple[float, float]:
        """Milliseconds that it, and Postgres for it, have used up to now."""
        return milliseconds(family(self.pid)), milliseconds(backends(self.name))


@contextmanager
def server(application: str = PRODUCT, *, ask: str = "/") -> Iterator[Served]:
    """gunicorn as `script/server` starts it, in the blind role."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    listener.listen(512)
    port = listener.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "python:config.gunicorn",
        "--bind",
        f"fd://{listener.fileno()}",
        application,
    ]
    name = f"bench {port}"
    began = time.monotonic()
    child = subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env=os.environ | {"WATERTIGHT_LOGIN": "web", "PGAPPNAME": name, "WATERTIGHT_ACCESS_LOG": ""},
        stdin=subprocess.DEVNULL,
        pass_fds=[listener.fileno()],
    )
    try:
        _wait(f"http://127.0.0.1:{port}{ask}", child)
        yield Served(port, child.pid, name, time.monotonic() - began)
    finally:
        child.terminate()
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        listener.close()


def _wait(address: str, child: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise RuntimeError(f"The web server did not start (exit status {child.returncode}).")
        try:
            urllib.request.urlopen(address, timeout=START_SECONDS).close()
        except urllib.error.HTTPError:
            return  # an answer is an answer
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"The web server did not answer within {START_SECONDS} seconds.")


@contextmanager
def sessions(users: dict[str, User]) -> Iterator[dict[str, str]]:
    """role → value of its session cookie; the sessions end with the measurement."""
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore
    made = {}
    for role, user in users.items():
        session = store()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        made[role] = session
    try:
        yield {role: session.session_key for role, session in made.items()}
    finally:
        for session in made.values():
            session.delete()
