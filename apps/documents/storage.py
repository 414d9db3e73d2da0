"""Where files live: on disk, never half-written, never overwritten."""

import os
from pathlib import Path
from typing import IO

from django.core.files.storage import FileSystemStorage


class DurableStorage(FileSystemStorage):
    """Writes `.part`, syncs it to disk, then renames: a file is there whole or not at all."""

    def _save(self, name: str, content: IO[bytes]) -> str:
        final = Path(self.path(name))
        final.parent.mkdir(parents=True, exist_ok=True)
        if final.exists():  # the same bytes: names are hashes
            return name
        part = final.with_name(f"{final.name}.{os.getpid()}.{os.urandom(4).hex()}.part")
        with part.open("wb") as file:
            for chunk in content.chunks():  # type: ignore[attr-defined]
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        part.rename(final)
        return name

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name
