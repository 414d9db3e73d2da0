"""Phones that get pushes, and the service of their browsers' maker: real HTTP on loopback, opened with the phone's own key."""

import base64
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from apps.messaging.actions import push_deliver
from apps.messaging.models import Push
from config.prepare import push_key


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class LockScreen:
    """One browser: what only it can open, and what came for it."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))
    said: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def form(self) -> dict[str, str]:
        """What its script puts in the form with which pushes are turned on."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {
            "endpoint": self.endpoint,
            "public_key": base64url(point),
            "secret": base64url(self.secret),
        }

    def take(self, body: bytes, headers: dict[str, str]) -> None:
        plain = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        self.said.append(json.loads(plain))
        self.headers.append(headers)


class PushService:
    """Takes what is sent to the phones that it knows, or answers as it is told to."""

    def __init__(self) -> None:
        self.answer = 201
        self.asked = 0
        self.screens: dict[str, LockScreen] = {}
        self.origin = ""

    def screen(self, name: str = "phone") -> LockScreen:
        found = LockScreen(f"{self.origin}/send/{name}")
        self.screens[f"/send/{name}"] = found
        return found

    @contextmanager
    def served(self) -> Iterator[None]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                service.asked += 1
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if 200 <= service.answer < 300:
                    service.screens[self.path].take(body, dict(self.headers))
                self.send_response(service.answer)
                if 300 <= service.answer < 400:
                    self.send_header("Location", f"{service.origin}/send/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_said: Any) -> None:
                """Nobody reads it."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join(timeout=5)


@contextmanager
def push_service(settings: Any, folder: Path) -> Iterator[PushService]:
    """Pushes go there, signed with a key of this test's own."""
    path = folder / "push_key.pem"
    path.write_text(push_key())
    settings.PUSH_KEY_FILE = path
    service = PushService()
    with service.served():
        settings.PUSH_STAND_IN = service.origin
        yield service


def sent() -> list[bool]:
    """Hand over all that waits, as the worker does; per push whether that is the end of it."""
    return [push_deliver(push_id=pk) for pk in Push.objects.order_by("pk").values_list("pk", flat=True)]
