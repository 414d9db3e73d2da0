"""Fields, the keys that a form carries, and the buttons that send one."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import BaseForm, BoundField, ChoiceField, Field, ModelChoiceField, PasswordInput
from django.forms.formsets import BaseFormSet
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from jinja2 import pass_context
from jinja2.runtime import Context

from apps.core import formats, idempotency
from apps.core.number_fields import NumberInput
from apps.core.ui.page import part

BLANK = BLANK_CHOICE_DASH[0][1]


@pass_context
def field(
    context: Context, bound: BoundField, css: str = "", label: Any = None, help: Any = None, unit: Any = None,
    optional: bool | None = None, press: bool = False, **attrs: Any,
) -> SafeString:  # fmt: skip
    """One form field: label, help, control and error, tied together for a screen reader.

    `optional` overrides whether the label says so, `unit` what stands beside a number; with `press` a
    question about an unusual value is answered by a button. Further keywords become attributes of the control;
    `autofocus=true`, `inputmode="tel"`.
    """
    if bound.is_hidden:
        return mark_safe(f"{bound.errors}{bound}")
    kind = bound.widget_type
    if optional is None:
        optional = not bound.field.required and kind != "checkbox" and not bound.field.disabled
    _empty_choice_name(bound.field)
    attrs = {name.replace("_", "-"): value for name, value in attrs.items()}
    return part(
        context, "field", bound=bound, css=css, kind=kind,
        unit=getattr(bound.field, "unit", "") if unit is None else unit,
        label=bound.label if label is None else label,
        help=bound.help_text if help is None else help,
        control=bound.as_widget(attrs=attrs) if attrs else bound,
        optional=optional, asked=sure(bound.form, bound.name, press),
    )  # fmt: skip


def _empty_choice_name(given: Field) -> None:
    """Say in words what Django shows as a row of dashes: what is not chosen yet, or need not be."""
    words = _("Choose…") if given.required else _("None")
    if isinstance(given, ModelChoiceField):
        if given.empty_label == BLANK:
            given.empty_label = words
            given.widget.choices = given.choices
    elif isinstance(given, ChoiceField):
        choices: list[tuple[Any, Any]] = list(given.choices)  # type: ignore[arg-type]
        if ("", BLANK) in choices:
            given.choices = [(value, words if label == BLANK else label) for value, label in choices]


@pass_context
def form_errors(context: Context, form: BaseForm | BaseFormSet | Iterable[BaseForm]) -> SafeString:
    """The summary above a form (or several) that links to each field in error; nothing when all is well.

    Of the forms of a formset it says in which row.
    """
    forms = [form] if isinstance(form, BaseForm) else [one for one in form or () if one]
    faults: list[dict[str, Any]] = []
    rows = isinstance(form, BaseFormSet)
    for number, one in enumerate(forms, start=1):
        faults += [{"text": text, "url": ""} for text in one.non_field_errors()]
        for bound in one:
            # A hidden field has no name for whoever reads this, and no place to go to.
            target = "" if bound.is_hidden else f"#{bound.id_for_label or bound.auto_id}"
            label = _("Row %(n)s, %(field)s") % {"n": number, "field": bound.label} if rows else bound.label
            faults += [{"text": text, "url": target, "label": label} for text in bound.errors]
    secret = any(isinstance(field.widget, PasswordInput) for one in forms for field in one.fields.values())
    return part(context, "form_errors", faults=faults, kept=not secret) if faults else SafeString("")


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


def number_input(
    name: str, id: str, key: Any = "", value: Any = None, pad: int = 0, **attrs: Any
) -> SafeString:
    """The control of a number where a page draws its own form: one of many on the page, each with one or two fields.

    `id` and `key` make the id of the control; `value` is a stored number, or a text as it was typed. The form that
    reads it has a `NumberField`.
    """
    text = formats.typed(value, pad) if isinstance(value, Decimal | int) else value or None
    attrs = {other.replace("_", "-"): given for other, given in attrs.items()}
    return NumberInput().render(name, text, {"id": f"{id}{key}"} | attrs)


@pass_context
def idempotency_key(
    context: Context, verb: str = "", obj: Model | None = None, asks: bool | None = None,
    about: Model | None = None,
) -> SafeString:  # fmt: skip
    """The hidden key that makes a second press harmless. Of an object's verb; without one, of this showing of the form,
    on a page `about` a record that may be somebody else's by the time that it is sent.

    `asks`: when the form was sent before with other values, ask first. An object's verb does, a form that makes or
    changes something does not unless said so.
    """
    owner = idempotency.owner_of(context["request"])
    once = bool(verb) if asks is None else asks
    kind = idempotency.ONCE if once else idempotency.EACH
    key = (
        idempotency.key_for(owner, verb, obj, kind=kind)
        if verb and obj
        else idempotency.key_new(owner, kind=kind, about=about or None)
    )
    return format_html('<input type="hidden" name="{}" value="{}">', idempotency.FIELD, key)


def seen(edit: Any = None) -> SafeString:
    """What the form shows of the record that it changes; hidden, so that an older form can be told (`core.editing`)."""
    if not edit:
        return SafeString("")
    return format_html(
        '<input type="hidden" name="version" value="{}" data-seen>'
        '<input type="hidden" name="seen" value="{}" data-seen{}>',
        edit.version, edit.seen, SafeString(" data-again") if edit.goes_on else "",
    )  # fmt: skip


@pass_context
def action_button(
    context: Context, url: str, label: Any, verb: str = "", obj: Model | None = None, tone: str = "",
    icon: str = "", key: str = "", css: str = "", name: str = "", value: Any = "", big: bool = False,
    about: Model | None = None,
) -> SafeString:  # fmt: skip
    """A button that does one thing: its own POST form with csrf and idempotency key."""
    return part(
        context, "action_button", address=url, label=label, tone=tone, mark=icon, key=key, css=css, name=name,
        value=value, base="big" if big else "btn", once=idempotency_key(context, verb, obj, about=about),
    )  # fmt: skip


@pass_context
def confirm(
    context: Context, url: str, label: Any, title: Any, go: Any = "", verb: str = "", obj: Model | None = None,
    tone: str = "", icon: str = "", css: str = "", big: bool = False, about: Model | None = None, *,
    caller: Callable[[], str],
) -> SafeString:  # fmt: skip
    """A button that first says what will happen and to whom; what stands inside may hold fields (a reason)."""
    return part(
        context, "confirm", address=url, label=label, title=title, go=go or label, tone=tone, mark=icon, css=css,
        base="big" if big else "btn", content=caller(), once=idempotency_key(context, verb, obj, about=about),
    )  # fmt: skip
