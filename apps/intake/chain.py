"""The first link of the chain."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.chain import ChainKey, ChainStep, State
from apps.intake.models import Request

DONE = {"quoted", "ordered", "closed"}
STOPPED = {"declined", "cancelled"}


def request_step(key: ChainKey, user: Any) -> list[ChainStep]:
    """The request, when the job began with one that `user` may see."""
    row = None
    if key.request_id is not None:
        row = Request.objects.for_user(user).filter(pk=key.request_id).only("number", "status").first()
    if row is None:
        return [ChainStep(_("Request"), "", "skipped")]
    state: State = "done" if row.status in DONE else "skipped" if row.status in STOPPED else "current"
    url = reverse("intake:request_detail", args=[row.pk]) if user.may("see_office") else ""
    return [ChainStep(_("Request"), url, state, row.number)]
