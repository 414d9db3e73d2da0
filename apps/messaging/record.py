"""What stands around every record: its chain, its history, its notes and its mails, asked in one statement."""

from types import SimpleNamespace
from typing import Any

from django.db import models

from apps.core.chain import Chain, ChainKey, chain_questions
from apps.core.compiled import Given, compiled, reader_of
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
    key: ChainKey = obj.chain_key if chain else ChainKey()

    def questions() -> dict[str, Any]:
        record: Any = SimpleNamespace(_meta=obj._meta, pk=Given("pk"))
        asked: dict[str, Any] = {"history": history_rows(record)}
        if notes:
            asked["notes"] = note_rows(record)
        if mails:
            asked["mails"] = mail_rows(record, user)
        return asked | (chain_questions(key.of_shape(), user) if chain else {})

    shape = ("record", type(obj), reader_of(user), key.shape, chain, notes, mails)
    asked = compiled(shape, questions, pk=obj.pk, **key.given)
    remarks = Remarks(obj, user)
    together(*asked.values(), *remarks.questions, *more)
    obj.asked = asked | {"remarks": remarks} | ({"chain": Chain(obj, user, asked)} if chain else {})
