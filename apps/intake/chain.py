"""The first link of the chain."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.chain import ChainKey, ChainStep, State
from apps.intake.models import Request

DONE = {"quoted", "ordered", "closed"}
STOPPED = {"declined", "cancelled"}


def ask(key: ChainKey, user: Any) -> QuerySet | None:
    """The request, when the job began with one that `user` may see."""
    if key.request_id is None:
        return None
    return Request.objects.for_user(user).filter(pk=key.request_id).only("number", "status")


def tell(rows: Sequence[Request], key: ChainKey, user: Any) -> list[ChainStep]:
    if not rows:
        return [ChainStep(_("Request"), "", "skipped")]
    row = rows[0]
    state: State = "done" if row.status in DONE else "skipped" if row.status in STOPPED else "current"
    url = reverse("intake:request_detail", args=[row.pk]) if user.may("see_office") else ""
    return [ChainStep(_("Request"), url, state, row.number)]
