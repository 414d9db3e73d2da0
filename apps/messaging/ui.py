"""The discussion and the mails of a record."""

from typing import Any

from django.db import models
from django.utils.safestring import SafeString
from jinja2 import pass_context
from jinja2.runtime import Context

from apps.core.history import asked_of
from apps.messaging.record import mail_rows, note_rows


@pass_context
def notes(context: Context, obj: models.Model) -> SafeString:
    """The thread of notes about a record, with the form to add one."""
    asked = asked_of(obj, "notes")
    rows = note_rows(obj) if asked is None else asked
    return _shown(
        context,
        "messaging/_notes.html",
        about=obj._meta.label_lower,
        pk=obj.pk,
        back=context["request"].get_full_path(),
        notes=[{"who": note.by.name, "at": note.at, "text": note.text} for note in rows],
    )


@pass_context
def mails(context: Context, obj: models.Model) -> SafeString:
    """The mails that went out about a record, with what became of each."""
    user = context["request"].user
    asked = asked_of(obj, "mails")
    return _shown(context, "messaging/_mails.html", mails=mail_rows(obj, user) if asked is None else asked)


def _shown(context: Context, template: str, **values: Any) -> SafeString:
    return SafeString(context.environment.get_template(template).render({**context.get_all(), **values}))
