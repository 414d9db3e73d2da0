"""What no log may hold: private links, hashes, sealed secrets. Whoever reads a log must not be able to come in with it.

A token is known by how it looks, not by where it stands, so that a link that is made tomorrow is masked too.
"""

import logging
import re

MASK = "…"
# A part of a path that is long and made by no person: with a digit or a capital, and no ending as files have.
_SEGMENT = re.compile(r"(?<=/)(?=[^/\s?\"']*[0-9A-Z])(?![^/\s?\"']*\.[a-z]{2,5}(?![\w-]))[\w:~%+=.-]{20,}")
_HASH = re.compile(r"\b(scrypt|pbkdf2_sha256|argon2|bcrypt_sha256|sealed)[$:]\S+")


def masked(text: str) -> str:
    return _HASH.sub(rf"\1 {MASK}", _SEGMENT.sub(MASK, text))


class MaskingFormatter(logging.Formatter):
    """Masks the whole of what is written, the traceback included."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))
