"""Photos of a form taken in, and shown."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.formats import moment
from apps.core.refusals import Refused
from apps.documents.models import StoredFile
from apps.documents.photos import photo_store
from apps.intake.models import Request

MOST = 12


def photos_take(
    request: HttpRequest, name: str, *, by: Actor, most: int = MOST
) -> tuple[list[StoredFile], list[str]]:
    """Store the photos of a form. Returns them, and a sentence for each that could not be taken in."""
    stored, faults = [], []
    given = request.FILES.getlist(name)
    if len(given) > most:
        faults.append(_("At most %(most)s photos at a time.") % {"most": most})
    for file in given[:most]:
        try:
            stored.append(photo_store(raw=file.read(), name=file.name or "", by=by))
        except Refused as refused:
            faults.append(f"{(file.name or '')[:80]}: {refused}")
    return stored, faults


def shown(rows: Iterable[Any], url_name: str, record: Request) -> list[dict[str, Any]]:
    """Photos of a record as components/photos.html shows them."""
    found = []
    for number, row in enumerate(rows, 1):
        url = reverse(url_name, args=[record.pk, row.pk])
        found.append(
            {
                "pk": row.pk,
                "url": url,
                "thumb": f"{url}?size=small",
                "alt": _("Photo %(number)s of %(record)s") % {"number": number, "record": record.number},
                "caption": moment(row.file.taken_at) if row.file.taken_at else "",
            }
        )
    return found
