"""Fields that an action is given by name."""

from collections.abc import Mapping
from typing import Any

from django.db import models

# Written by one action each, and by no name: `core.transitions.move`, `field.actions.events`, `review.actions.fates`.
LIFE = frozenset({"status", "state", "fate"})


def assign(record: models.Model, fields: Mapping[str, Any]) -> list[str]:
    """Set what differs, unsaved; the names of what changed. What says where a record stands is refused."""
    if moved := LIFE & fields.keys():
        raise TypeError(f"{moved} of {record._meta.label} have a door of their own")
    changed = [name for name, value in fields.items() if getattr(record, name) != value]
    for name in changed:
        setattr(record, name, fields[name])
    return changed
