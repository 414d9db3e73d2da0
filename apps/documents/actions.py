"""Keeping files."""

import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.refusals import Refused
from apps.documents.models import AttachedFile, StoredFile

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
    """Keep a document that somebody sent. Raises Refused when it is empty or too large."""
    if not content:
        raise Refused(_("%(name)s is empty.") % {"name": name})
    if len(content) > MAX_BYTES:
        raise Refused(_("%(name)s is larger than 25 MB.") % {"name": name})
    return file_store(content=content, name=name, content_type=content_type, by=by)


def attached_add(
    *, files: Any, content: bytes, name: str, content_type: str, by: Actor, for_technician: bool = False
) -> AttachedFile:
    """Put a document with a record: `files` are its own. Raises Refused when it is empty or too large."""
    with transaction.atomic():
        stored = document_store(content=content, name=name, content_type=content_type, by=by)
        kept: AttachedFile = files.create(file=stored, for_technician=for_technician)
        _attached_audit(kept, "file_add", by)
    return kept


def attached_share(*, kept: AttachedFile, by: Actor, shared: bool) -> None:
    """Let technicians see a document, or no longer."""
    with transaction.atomic():
        kept.for_technician = shared
        kept.save(update_fields=["for_technician"])
        _attached_audit(kept, "file_share" if shared else "file_unshare", by)


def attached_remove(*, kept: AttachedFile, by: Actor) -> None:
    """Take a document away from its record; the stored bytes stay."""
    with transaction.atomic():
        _attached_audit(kept, "file_remove", by)
        kept.delete()


def _attached_audit(kept: AttachedFile, event: str, by: Actor) -> None:
    verb = f"{kept.record._meta.model_name}.{event}"
    audit_record(kept.record, verb=verb, by=by, data={"name": kept.file.name})


def _suffix(name: str) -> str:
    ending = name.rpartition(".")[2].lower()
    return f".{ending}" if ending.isalnum() and len(ending) <= 5 and "." in name else ""
