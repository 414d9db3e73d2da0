"""One spelling of a value, so that its hash can be computed again years later. No Django here."""

import hashlib
import json
from typing import Any


def canonical(value: Any) -> str:
    """`value` as the one text that the hash is taken over: sorted keys, no idle spaces, no escapes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def fingerprint(value: Any) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
