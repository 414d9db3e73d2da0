"""The control of a number, and the answer to the question about one that is odd, for pages that draw their own forms."""

from decimal import Decimal
from typing import Any

from django import template
from django.forms import BaseForm
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from apps.core import formats
from apps.core.number_fields import NumberInput

register = template.Library()


@register.simple_tag
def sure(form: BaseForm, name: str, press: bool = False) -> SafeString:
    """The answer to the question that stands at a field whose value is far from the usual (`core.sure`), if there is one."""
    asked = getattr(form, "doubts", {}).get(name)
    if asked is None:
        return SafeString("")
    if press and asked.ticked:
        return format_html('<input type="hidden" name="{}" value="{}">', asked.name, asked.value)
    if press:
        return format_html(
            '<button class="btn" name="{}" value="{}">{}</button>', asked.name, asked.value, asked.label
        )
    return format_html(
        '<label class="choice"><input type="checkbox" name="{}" value="{}"{}><span>{}</span></label>',
        asked.name, asked.value, mark_safe(" checked" if asked.ticked else ""), asked.label,
    )  # fmt: skip


@register.simple_tag
def number_input(
    name: str, id: str, key: Any = "", value: Any = None, pad: int = 0, **attrs: Any
) -> SafeString:
    """The control of a number where a page draws its own form: one of many on the page, each with one or two fields.

    `id` and `key` make the id of the control; `value` is a stored number, or a text as it was typed. The form that
    reads it has a `NumberField`.
    """
    text = formats.typed(value, pad) if isinstance(value, Decimal | int) else value
    attrs = {other.replace("_", "-"): given for other, given in attrs.items()}
    return NumberInput().render(name, text, {"id": f"{id}{key}"} | attrs)
