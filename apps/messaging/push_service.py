"""Handing a push to the service of a browser's maker, sealed for that browser alone: RFC 8030, 8188, 8291 and 8292.

Where a push goes was typed by a client, so this is the one place that calls an address which is not ours to choose: only
https, only a name whose every address is public, and the connection is made to the very address that was looked at. It
follows no redirect and knows no proxy. docs/adr/0023-push-messages.md.
"""

import base64
import http.client
import json
import os
import socket
import ssl
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02

from apps.core import clock
from apps.messaging.rules import is_public_address, is_public_https

SECONDS = 10
TOKEN_LIFE = timedelta(hours=12)


class NotPublic(Exception):
    """The address leads to where nobody outside should be sent."""


@dataclass(frozen=True)
class Subscription:
    """Where a browser is reached, and what only it can open: all of it as the browser said it."""

    endpoint: str
    public_key: str
    secret: str


def bytes_of(text: str) -> bytes:
    """Unpadded base64url. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def keys_fit(public_key: str, secret: str) -> bool:
    """Whether something can be sealed with them."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes_of(public_key))
        return len(bytes_of(secret)) == 16
    except ValueError:
        return False


def is_allowed(endpoint: str) -> bool:
    """Whether a browser may name this address. Where its name leads is looked at when something is sent there."""
    return _is_stand_in(endpoint) or is_public_https(endpoint)


def installation_key() -> str:
    """By which browsers know this installation; empty where set-up has not made it yet."""
    if not Path(settings.PUSH_KEY_FILE).exists():
        return ""
    point = _vapid().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def push_post(to: Subscription, *, said: dict[str, Any], topic: str, life: timedelta, contact: str) -> int:
    """Hand it over; the service's answer. Raises OSError or HTTPException when none came, NotPublic before asking."""
    host = urlsplit(to.endpoint)
    body = http_ece.encrypt(
        json.dumps(said).encode(),
        salt=os.urandom(16),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=bytes_of(to.public_key),
        auth_secret=bytes_of(to.secret),
        version="aes128gcm",
    )
    until = int((clock.now() + TOKEN_LIFE).timestamp())
    claims = {"aud": f"{host.scheme}://{host.netloc}", "sub": contact, "exp": until}
    headers = {
        **_vapid().sign(claims),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(life.total_seconds())),
        "Topic": topic,
        "Urgency": "high",
    }
    connection = _connection(to.endpoint)
    try:
        connection.request(
            "POST", f"{host.path or '/'}{'?' if host.query else ''}{host.query}", body, headers
        )
        return connection.getresponse().status
    finally:
        connection.close()


def _vapid() -> Vapid02:
    vapid = Vapid02.from_file(str(settings.PUSH_KEY_FILE))
    vapid.conf = {"no-strict": True}  # the contact of a trial is http://localhost
    return vapid


def _connection(endpoint: str) -> http.client.HTTPConnection:
    parts = urlsplit(endpoint)
    if _is_stand_in(endpoint):
        return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
    if not is_public_https(endpoint):
        raise NotPublic(endpoint)
    return _PublicConnection(parts.hostname or "", timeout=SECONDS)


class _PublicConnection(http.client.HTTPSConnection):
    """To a name all of whose addresses are public, and to one of those: nobody answers otherwise a moment later."""

    def connect(self) -> None:
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(address[0]) for *_kind, address in found))
        if not all(is_public_address(one) for one in addresses):
            raise NotPublic(self.host)
        self.sock = self._reached(addresses)
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

    def _reached(self, addresses: list[str]) -> socket.socket:
        *firsts, last = addresses
        for address in firsts:
            try:
                return socket.create_connection((address, self.port), SECONDS)
            except OSError:
                continue
        return socket.create_connection((last, self.port), SECONDS)


def _is_stand_in(endpoint: str) -> bool:
    """Whether it is the service that tests put in the place of the real ones."""
    stand_in: str = settings.PUSH_STAND_IN
    return bool(stand_in) and endpoint.startswith(f"{stand_in}/")
