"""The discussion and the mails of a record."""

from typing import Any

from django import template
from django.db import models
from django.template import Context

from apps.messaging.models import Message, Note

register = template.Library()


@register.inclusion_tag("messaging/_notes.html", takes_context=True)
def notes(context: Context, obj: models.Model) -> dict[str, Any]:
    """The thread of notes about a record, with the form to add one."""
    request = context["request"]
    rows = Note.objects.about(obj).select_related("by").order_by("at", "id")
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
    return {
        "request": context["request"],
        "user": user,
        "mails": Message.objects.for_user(user).about(obj).order_by("-queued_at"),
    }
