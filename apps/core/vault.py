"""Secrets that must be read again, encrypted where they are stored: with a key made of the installation's own secret.

After that was changed, what was sealed before still opens as long as the old one is among SECRET_KEY_FALLBACKS;
`reseal` seals it anew. A database, or a backup of it, opens nothing by itself.
"""

import base64
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

MARK = "sealed:"


def seal(text: str) -> str:
    return MARK + _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises ValueError when it was not sealed here, or with a key that is gone."""
    if not is_sealed(sealed):
        raise ValueError("not sealed")
    try:
        return _keys().decrypt(sealed.removeprefix(MARK)).decode()
    except InvalidToken as error:
        raise ValueError("sealed with a key that is not known here") from error


def is_sealed(text: str) -> bool:
    return text.startswith(MARK)


def is_current(sealed: str) -> bool:
    """Whether it is sealed with the key of today."""
    try:
        _fernet(settings.SECRET_KEY).decrypt(sealed.removeprefix(MARK))
    except InvalidToken:
        return False
    return True


def reseal(sealed: str) -> str:
    return seal(unseal(sealed))


def _keys() -> MultiFernet:
    return MultiFernet([_fernet(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


@cache
def _fernet(secret: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"watertight vault").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
