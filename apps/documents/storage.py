"""Where files live: on disk, never half-written, never overwritten."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import IO

from django.core.files.storage import FileSystemStorage

from apps.core import clock

# Where files are written before they are whole.
PARTS = "parts"
_written: ContextVar[list[str] | None] = ContextVar("written", default=None)


class DurableStorage(FileSystemStorage):
    """Writes `.part`, syncs it to disk, then renames: a file is there whole or not at all."""

    def _save(self, name: str, content: IO[bytes]) -> str:
        final = Path(self.path(name))
        final.parent.mkdir(parents=True, exist_ok=True)
        if final.exists():  # the same bytes: names are hashes
            return name
        parts = Path(self.path(PARTS))
        parts.mkdir(exist_ok=True)
        part = parts / f"{final.name}.{os.getpid()}.{os.urandom(4).hex()}.part"
        try:
            with part.open("wb") as file:
                for chunk in content.chunks():  # type: ignore[attr-defined]
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            part.rename(final)
        except BaseException:
            part.unlink(missing_ok=True)  # a full disk gets back what this took of it
            raise
        if (written := _written.get()) is not None:
            written.append(name)
        return name

    def parts_forget(self, seconds: float) -> int:
        """Remove what whoever wrote it was killed over, so long ago. How many files that was."""
        gone = 0
        for part in Path(self.path(PARTS)).glob("*.part"):
            with suppress(FileNotFoundError):
                if clock.now().timestamp() - part.stat().st_mtime > seconds:
                    part.unlink()
                    gone += 1
        return gone

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name


@contextmanager
def files_taken_back(storage: FileSystemStorage) -> Iterator[None]:
    """Whatever is newly written inside is removed at the end: for work that is rolled back."""
    token = _written.set([])
    try:
        yield
    finally:
        for name in _written.get() or []:
            storage.delete(name)
        _written.reset(token)
