"""What stands around every record: its chain, its history, its notes and its mails, asked in one statement."""

from typing import Any

from django.db import models

from apps.core.chain import Chain
from apps.core.history import history_rows
from apps.core.remarks import Remarks
from apps.core.together import Question, together
from apps.messaging.models import Message, Note


def note_rows(obj: models.Model) -> models.QuerySet:
    return Note.objects.about(obj).select_related("by").order_by("at", "id")


def mail_rows(obj: models.Model, user: Any) -> models.QuerySet:
    return Message.objects.for_user(user).about(obj).order_by("-queued_at")


def record_ask(
    obj: Any, user: Any, *more: Question | None, chain: bool = False, notes: bool = False, mails: bool = False
) -> None:
    """Ask for what the tags of a detail page show around `obj`, and for `more`, in one statement.

    The answers stay with this very object for {% history %}, {% chain_ribbon %}, {% notes %} and {% mails %}: call it
    just before the page is rendered.
    """
    asked: dict[str, Any] = {"history": history_rows(obj)}
    if chain:
        asked["chain"] = Chain(obj, user)
    if notes:
        asked["notes"] = note_rows(obj)
    if mails:
        asked["mails"] = mail_rows(obj, user)
    links = asked["chain"].questions if chain else ()
    remarks = Remarks(obj, user)
    together(*(one for name, one in asked.items() if name != "chain"), *links, *remarks.questions, *more)
    asked["remarks"] = remarks
    obj.asked = asked
