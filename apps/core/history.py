"""The history of a record, in words."""

from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.models import AuditEvent


def asked_of(obj: Any, name: str) -> Any:
    """What was asked along about this very object, just before its page is rendered; None when it was not."""
    return obj.__dict__.get("asked", {}).get(name)


# Events that any record may have and that are no step of a status. A model adds its own in `events`, and there it may
# say of a step what happened instead of what its button says.
EVENTS = {
    "create": _("Made"),
    "change": _("Changed"),
    "note": _("Note added"),
    "mail": _("Mail queued"),
    "print": _("Printed"),
}


def event_label(model: type[models.Model], verb: str) -> Any:
    """The words for a dotted verb of this model's records."""
    name = verb.partition(".")[2]
    told = getattr(model, "events", {}).get(name)
    step = getattr(model, "steps", {}).get(name)
    if told is None and step is not None:
        return step.label
    return told or EVENTS.get(name, name.replace("_", " "))


def _detail(obj: models.Model, event: AuditEvent) -> str:
    """What the record itself has to say about one of its events, such as who was planned and when."""
    if event.subject_id != obj.pk:
        return gettext("of a record that was merged into this one")
    told = getattr(obj, "event_detail", None)
    return str(told(event)) if told and event.data else ""


def history_rows(obj: models.Model) -> models.QuerySet:
    return AuditEvent.objects.about(obj).order_by("-at", "-id")


def history(obj: models.Model) -> list[dict[str, Any]]:
    """Who did what to `obj`, when and why, newest first. One query, or none when it was asked along."""
    asked = asked_of(obj, "history")
    events = history_rows(obj) if asked is None else asked
    return [
        {
            "at": event.at,
            "who": event.actor_label,
            "label": event_label(type(obj), event.verb),
            "detail": _detail(obj, event),
            "reason": event.reason,
            "url": "",
            "tone": "",
        }
        for event in events
    ]
