"""What is said inside the product: notices to colleagues, notes on records."""

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.audit import audit_record
from apps.messaging.models import Note, Notice


def notice_send(*, user: Any, text: str, url: str) -> None:
    """Tell a colleague something, in the product itself; not one who can no longer read it."""
    if not user.is_active:
        return
    # bulk: a technician may write a notice to a colleague without reading it back
    Notice.objects.bulk_create([Notice(user_id=user.pk, text=text[:300], url=url[:300], at=clock.now())])


def notice_read(*, notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=clock.now())


def notices_read(*, user: Any, newest: int) -> None:
    """Mark as read what somebody was told, up to the newest that they were shown: what came later still is unread."""
    own = Notice.objects.for_user(user).unread()
    own.filter(pk__lte=newest).update(read_at=clock.now())


def note_add(*, about: models.Model, text: str, by: Any, url: str, mentions: Iterable[Any] = ()) -> Note:
    """Add a remark to the discussion of a record; whoever is mentioned gets a notice that leads to `url`."""
    with transaction.atomic():
        note = Note.objects.create(
            about_type=about._meta.label_lower, about_id=about.pk, text=text, by=by, at=clock.now()
        )
        people = [one for one in mentions if one.pk != by.pk]
        note.mentions.set(people)
        for person in people:
            with translation.override(person.language):
                words = _("%(name)s mentioned you at %(record)s: %(text)s")
            notice_send(
                user=person,
                text=words % {"name": by.name, "record": about, "text": text[:120]},
                url=url,
            )
        audit_record(about, verb=f"{about._meta.model_name}.note", by=by)
    return note
