"""Private links: 256 bits in the address, only their hash in the database.

A token is derived from the installation's secret and a random nonce, so that a mail can be queued and sent
again without the token ever being stored.
"""

import base64
import hashlib
import hmac
import uuid

from django.conf import settings


def token_for(purpose: str, nonce: uuid.UUID) -> str:
    """The secret part of a link's address."""
    digest = hmac.new(
        settings.SECRET_KEY.encode(), f"link:{purpose}:{nonce}".encode(), hashlib.sha256
    ).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def token_hash(token: str) -> str:
    """What is stored and looked up."""
    return hashlib.sha256(token.encode()).hexdigest()
