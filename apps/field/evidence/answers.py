"""What a technician answered to a question of the job form, as it is kept, and whether it is out of the ordinary."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.core import formats
from apps.core.numbers import Unreadable, event_read
from apps.field import rules
from apps.field.rules import Unfit
from apps.workorders.models import FieldKind, JobFormField


def answer_value(field: JobFormField, given: Any, *, has_file: bool) -> Any:
    """The answer as it is kept. A value outside the limits is an answer; one that cannot be read raises Unfit."""
    if field.kind == FieldKind.TICK:
        return given in (True, "true", "on", "1", 1)
    if field.kind == FieldKind.PHOTO:
        if not has_file:
            raise Unfit("no_photo")
        return True
    text = str(given if given is not None else "").replace("\x00", "").strip()[:10_000]
    if field.kind in (FieldKind.NUMBER, FieldKind.READING):
        try:
            return rules.plain(event_read(text, rules.ANSWER))
        except Unreadable as error:
            raise Unfit("not_a_number", text[:60]) from error
    if field.kind == FieldKind.CHOICE and text not in [str(option) for option in field.options]:
        raise Unfit("not_a_choice", text[:60])
    return text


def outside_said(field: JobFormField, value: Any) -> str:
    """In words that a reading is outside its limits; nothing when it is within, or is no reading."""
    if field.kind not in (FieldKind.NUMBER, FieldKind.READING):
        return ""
    where = rules.outside(Decimal(value), field.minimum, field.maximum)
    if not where:
        return ""
    words = (
        _("%(label)s: %(value)s %(unit)s is below %(limit)s %(unit)s")
        if where == "below"
        else _("%(label)s: %(value)s %(unit)s is above %(limit)s %(unit)s")
    )
    limit = field.minimum if where == "below" else field.maximum
    return words % {
        "label": field.label,
        "value": formats.quantity(value),
        "limit": formats.quantity(limit),
        "unit": field.unit,
    }


def answer_text(question: JobFormField, value: Any) -> str:
    """An answer for a reader."""
    if question.kind == FieldKind.TICK:
        return _("yes") if value else _("no")
    if question.kind == FieldKind.PHOTO:
        return _("photo")
    if question.kind in (FieldKind.NUMBER, FieldKind.READING):
        return formats.quantity(value, question.unit)
    return str(value)
