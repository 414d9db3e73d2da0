"""The discussion and the mails of a record."""

from typing import Any

from django import template
from django.db import models
from django.template import Context

from apps.core.history import asked_of
from apps.messaging.record import mail_rows, note_rows

register = template.Library()


@register.inclusion_tag("messaging/_notes.html", takes_context=True)
def notes(context: Context, obj: models.Model) -> dict[str, Any]:
    """The thread of notes about a record, with the form to add one."""
    request = context["request"]
    asked = asked_of(obj, "notes")
    rows = note_rows(obj) if asked is None else asked
    return {
        "request": request,
        "about": obj._meta.label_lower,
        "pk": obj.pk,
        "back": request.get_full_path(),
        "notes": [{"who": note.by.name, "at": note.at, "text": note.text} for note in rows],
    }


@register.inclusion_tag("messaging/_mails.html", takes_context=True)
def mails(context: Context, obj: models.Model) -> dict[str, Any]:
    """The mails that went out about a record, with what became of each."""
    user = context["request"].user
    asked = asked_of(obj, "mails")
    return {
        "request": context["request"],
        "user": user,
        "mails": mail_rows(obj, user) if asked is None else asked,
    }
