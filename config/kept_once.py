"""A secret of the installation: made once, and read by every process from then on."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path


def kept_once(path: Path, make: Callable[[], str]) -> str:
    """What stands in the file; `make` says it when there is none yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(make())
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)  # atomic: the first of two processes wins, both read the same
        fresh.unlink()
    return path.read_text()
