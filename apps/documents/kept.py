"""Files of a form that was refused, kept for a day so that nobody has to take the photo again.

They are bound to whoever sent them and to the address that they were sent to. The form holds their ids in `NAME-kept`
(`NAME-kept-one` where it takes one file, which another one replaces); when it is sent again they arrive at the view as
if they had been chosen again.
"""

import uuid
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.template.loader import render_to_string

from apps.core import clock
from apps.core.database import PUBLIC, as_role
from apps.core.refill import Element
from apps.core.refusals import Refused
from apps.documents.models import FOLDER, PendingUpload
from apps.documents.photos import MAX_BYTES, photo_check

KEPT_FOR = timedelta(days=1)
MANY, ONE = "-kept", "-kept-one"
MOST = 20
THUMBNAIL = 320


def keep(file: UploadedFile, *, owner: str, address: str, field: str) -> PendingUpload:
    """Keep one file as it came."""
    pending = PendingUpload(
        owner=owner,
        address=address[:500],
        field=field[:100],
        name=(file.name or "file")[:200],
        content_type=(file.content_type or "application/octet-stream")[:100],
    )
    file.seek(0)
    default_storage.save(pending.path, ContentFile(file.read()))
    pending.save(force_insert=True)
    return pending


def fit(file: UploadedFile, control: Element | None) -> bool:
    """Whether it is worth keeping for this field: not the very file that was refused."""
    if not file.size or file.size > MAX_BYTES:
        return False
    if control is None or control.get("aria-invalid") == "true":
        return control is None
    if not control.get("accept").startswith("image/"):
        return True
    file.seek(0)
    try:
        photo_check(file.read())
    except Refused:
        return False
    return True


def found(ids: Iterable[str], *, owner: str, address: str) -> list[PendingUpload]:
    """The kept files with these ids, in that order: one's own, for this address, that are still here."""
    wanted = [one for one in map(_id, ids) if one]
    rows = PendingUpload.objects.filter(
        owner=owner, address=address[:500], created_at__gt=clock.now() - KEPT_FOR
    )
    by_id = rows.in_bulk(wanted[:MOST])
    return [by_id[one] for one in dict.fromkeys(wanted) if one in by_id]


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def uploaded(pending: PendingUpload) -> UploadedFile | None:
    """The file as a form takes it."""
    try:
        with default_storage.open(pending.path) as file:
            return SimpleUploadedFile(pending.name, file.read(), pending.content_type)
    except FileNotFoundError:
        return None


def thumbnail(pending: PendingUpload) -> bytes | None:
    """A small picture of a kept photo; made anew, as nothing from outside is served as it came."""
    file = uploaded(pending)
    if file is None:
        return None
    try:
        return photo_check(file.read(), side=THUMBNAIL)
    except Refused:
        return None


def shown(control: Element, files: Iterable[PendingUpload], lost: Iterable[str] = ()) -> str:
    """What stands beside the field: each kept file, ticked; and which have to be chosen again."""
    suffix = MANY if "multiple" in control.attributes else ONE
    context = {"name": f"{control.get('name')}{suffix}", "files": list(files), "lost": list(lost)}
    return render_to_string("components/kept_files.html", context)


def forget(files: Iterable[PendingUpload]) -> None:
    for pending in files:
        default_storage.delete(pending.path)
        pending.delete()


def forget_expired() -> None:
    """Delete what nobody came back for, and files of which the row was never committed."""
    oldest = clock.now() - KEPT_FOR
    with as_role(PUBLIC):
        forget(PendingUpload.objects.filter(created_at__lte=oldest))
    with suppress(FileNotFoundError):
        for name in default_storage.listdir(FOLDER)[1]:
            if default_storage.get_modified_time(f"{FOLDER}/{name}") <= oldest - KEPT_FOR:
                default_storage.delete(f"{FOLDER}/{name}")
