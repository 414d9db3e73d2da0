"""Private addresses in mails: a placeholder is stored, the address is put in at the moment of sending."""

import re
import uuid

from django.conf import settings
from django.urls import reverse

from apps.core.tokens import token_for

# Between two characters that stand in no text that anybody typed (core.text): nobody can write a mark by hand.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_PLACEHOLDER = re.compile(f"{_OPEN}link:([a-z_]+):([0-9a-f-]{{36}}){_CLOSE}")
_purposes: dict[str, str] = {}
_personal: set[str] = set()


def register(purpose: str, url_name: str, *, personal: bool = False) -> None:
    """Say which URL, taking one argument `token`, serves the links of a purpose.

    `personal`: the link proves that the address which it is sent to is somebody's. It goes to no other.
    """
    _purposes[purpose] = url_name
    if personal:
        _personal.add(purpose)


def is_personal(text: str) -> bool:
    """Whether a link in this stored text proves an address."""
    return any(found[1] in _personal for found in _PLACEHOLDER.finditer(text))


def placeholder(purpose: str, nonce: uuid.UUID) -> str:
    """What stands in a message's stored text for a private address."""
    return f"{_OPEN}link:{purpose}:{nonce}{_CLOSE}"


def address(purpose: str, nonce: uuid.UUID) -> str:
    """The private address itself. Never store it."""
    return settings.PUBLIC_ADDRESS + reverse(_purposes[purpose], kwargs={"token": token_for(purpose, nonce)})


def links_fill(text: str) -> str:
    """`text` with its placeholders turned into addresses."""
    return _PLACEHOLDER.sub(lambda found: address(found[1], uuid.UUID(found[2])), text)
