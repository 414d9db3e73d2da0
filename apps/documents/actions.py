"""Keeping files."""

import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.refusals import Refused
from apps.documents.models import StoredFile

MAX_BYTES = 25_000_000


def bytes_store(content: bytes, suffix: str) -> tuple[str, str]:
    """Write `content` under its own hash; return (path, sha256). The same bytes are stored once."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = default_storage.save(f"{sha256[:2]}/{sha256}{suffix}", ContentFile(content))
    return path, sha256


def file_store(*, content: bytes, name: str, content_type: str, by: Actor, **facts: Any) -> StoredFile:
    """Keep `content`. `facts` are the image facts of StoredFile, when it is one."""
    path, sha256 = bytes_store(content, _suffix(name))
    return StoredFile.objects.create(
        sha256=sha256,
        size=len(content),
        content_type=content_type,
        name=name[:200],
        path=path,
        created_by_id=by.pk,
        **facts,
    )


def document_store(*, content: bytes, name: str, content_type: str, by: Actor) -> StoredFile:
    """Keep a document that somebody added to a record. Raises Refused when it is empty or too large."""
    if not content:
        raise Refused(_("%(name)s is empty.") % {"name": name})
    if len(content) > MAX_BYTES:
        raise Refused(_("%(name)s is larger than 25 MB.") % {"name": name})
    return file_store(content=content, name=name, content_type=content_type, by=by)


def _suffix(name: str) -> str:
    ending = name.rpartition(".")[2].lower()
    return f".{ending}" if ending.isalnum() and len(ending) <= 5 and "." in name else ""
