"""The parts that templates are made of; a builtin, so no {% load %}. docs/design.md shows each in use.

What a list repeats per row (icon, tag, person, amounts) is plain Python; larger parts are templates
in templates/components/.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.db.models import Model
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import BaseForm, BoundField, ChoiceField, Field, ModelChoiceField, PasswordInput
from django.http import QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core import formats, idempotency, web
from apps.core.templatetags.number_tags import sure

register = template.Library()
BLANK = BLANK_CHOICE_DASH[0][1]
SPRITE = Path(settings.BASE_DIR) / "static" / "icons" / "sprite.svg"
TONES = {
    "g": "g", "green": "g", "good": "g", "success": "g",
    "a": "a", "amber": "a", "look": "a", "warning": "a", "warn": "a",
    "r": "r", "red": "r", "bad": "r", "danger": "r", "error": "r",
    "b": "b", "blue": "b", "info": "b",
}  # fmt: skip

register.filter("money", formats.money)
register.filter("month_short", formats.month_short)
register.filter("number", formats.number)
register.filter("hours", formats.hours)
register.filter("percent", formats.percent)
register.filter("price", formats.price)
register.filter("rate", formats.rate)
register.filter("duration", formats.duration)
register.filter("quantity", formats.quantity)
register.filter("typed", formats.typed)
register.filter("day", formats.day)
register.filter("clock", formats.clock_time)
register.filter("moment", formats.moment)
register.filter("stamp", formats.stamp)
register.filter("since", formats.since)
register.filter("span", formats.span)
register.filter("initials", formats.initials)
register.simple_tag(formats.period, name="period")


def tone_of(name: str) -> str:
    """The letter of a tone: green, amber, red, blue or neutral."""
    return TONES.get(str(name), "n")


# Atoms


@cache
def _symbols() -> dict[str, str]:
    found = re.findall(r'<symbol id="([\w-]+)" viewBox="0 0 16 16">(.*?)</symbol>', SPRITE.read_text())
    return dict(found)


@cache
def svg(name: str, extra: str = "") -> SafeString:
    """An icon, drawn in place: no request, and it prints. Raises KeyError for a name that is not in the set."""
    classes = f"i {extra}".strip()
    return mark_safe(
        f'<svg class="{classes}" viewBox="0 0 16 16" aria-hidden="true">{_symbols()[name]}</svg>'
    )


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    return svg(name, extra)


def icon_names() -> list[str]:
    return sorted(_symbols())


@register.simple_tag
def tag(label: Any, tone: str = "n", icon: str = "") -> SafeString:
    """A status: always a word, with a mark in the colour of its tone."""
    mark = svg(icon) if icon else ""
    return format_html('<span class="tag {}">{}{}</span>', tone_of(tone), mark, label)


@register.simple_tag
def person(who: Any, size: str = "") -> SafeString:
    """The dot with initials; `who` is a name or anything with a name (and initials)."""
    name = str(getattr(who, "name", who))
    letters = getattr(who, "initials", "") or formats.initials(name)
    return format_html(
        '<span class="dot {}" title="{}"><span aria-hidden="true">{}</span><span class="sr">{}</span></span>',
        size, name, letters, name,
    )  # fmt: skip


@register.simple_tag
def people(several: Iterable[Any]) -> SafeString:
    return format_html(
        '<span class="people">{}</span>', format_html_join("", "{}", ((person(who),) for who in several))
    )


# The page


@register.simple_tag(takes_context=True)
def block_again(context: Context, *names: str) -> str:
    """The text of the first of these blocks that says something; it also stands elsewhere: the title in <h1>."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    for block in (blocks.get_block(name) for name in names if blocks):
        if block and (text := strip_tags(block.render(context)).strip()):
            return SafeString(" ".join(text.split()))
    return ""


@register.filter
def undo_address(tags: str) -> str:
    """Where a message says that what it tells can be taken back: its extra tag `undo:/address/`."""
    return next((tag[5:] for tag in (tags or "").split() if tag.startswith("undo:/")), "")


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """What the reader chose: light, dark, or nothing (as the system)."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request else ""
    return chosen if chosen in ("light", "dark") else ""


@register.simple_tag(takes_context=True)
def here(context: Context, **changes: Any) -> str:
    """This address with some parameters changed; None removes one. A change of filter returns to the first page."""
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    if "after" not in changes and "page" not in changes:
        changes = {"after": None, "before": None, "page": None} | changes
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        elif isinstance(value, (list, tuple)):
            query.setlist(name, [str(one) for one in value])
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def sort_header(context: Context, name: str, label: Any, css: str = "", default: bool = False) -> SafeString:
    """A <th> whose link sorts by `name`, and the other way round when it already does (`sort=name`, `sort=-name`)."""
    request = context.get("request")
    current = request.GET.get("sort", "") if request else ""
    rising = current == name or (default and not current)
    state = "ascending" if rising else "descending" if current == f"-{name}" else "none"
    arrow = "" if state == "none" else svg("up" if rising else "down")
    address = here(context, sort=f"-{name}" if rising else name)
    return format_html(
        '<th scope="col" class="{}" aria-sort="{}"><a href="{}">{}{}</a></th>',
        css,
        state,
        address,
        label,
        arrow,
    )


# Parts with a template


def _part(name: str, **context: Any) -> SafeString:
    return render_to_string(f"components/{name}.html", context)


@register.simple_tag
def counters(items: Sequence[Any], label: Any = "") -> SafeString:
    """The strip of counters: each {label, value, url, current, tone}; one with a url filters the list below."""
    return _part("counters", items=items, label=label or _("Counters"))


@register.inclusion_tag("components/filters.html", takes_context=True)
def filter_bar(context: Context, filters: Any, target: str = "list") -> dict[str, Any]:
    """Search, chips and selects as one GET form. See docs/design.md for what `filters` may hold."""
    return {"filters": filters, "target": target, "request": context.get("request")}


@register.inclusion_tag("components/filters.html", takes_context=True)
def list_filters(
    context: Context, page: Any, views: Any = None, save_url: str = "", target: str = "list"
) -> dict[str, Any]:
    """The filter bar of a `core.lists.ListPage`."""
    request, user = context.get("request"), context.get("user")
    exports = [("CSV", page.csv_url), ("XLSX", page.xlsx_url)] if user and user.may("export_lists") else []
    filters = {
        "placeholder": page.search_hint,
        "q": page.search,
        "keep": {"sort": page.query.get("sort", "")},
        "selects": page.choices,
        "clear_url": page.path if page.is_filtered else "",
        "exports": exports,
        "views": views,
        "save_url": save_url,
        "summary": ngettext("%(n)s row", "%(n)s rows", 1 if page.total == "1" else 2) % {"n": page.total},
    }
    return {"filters": filters, "target": target, "request": request, "path": page.path}


@register.simple_tag
def list_head(page: Any, extra: int = 0) -> SafeString:
    """The head of a ListPage's table: each heading sorts. `extra` adds empty headings, for a column of actions."""
    return _part("list_head", headings=page.headings, extra=range(extra))


@register.simple_tag
def list_foot(page: Any) -> SafeString:
    """Which rows these are, and the way to the others; nothing when they are all here."""
    if not page.next_url and not page.previous_url:
        return SafeString("")
    # The total may be written as a person reads it: 1,284.
    many = 1 if str(page.total) == "1" else 2
    said = ngettext("Page %(page)s · %(total)s row", "Page %(page)s · %(total)s rows", many)
    summary = said % {"page": page.page, "total": page.total}
    return _part("pager", summary=summary, previous_url=page.previous_url, next_url=page.next_url)


@register.simple_tag
def ribbon(steps: Sequence[Any]) -> SafeString:
    """The chain of a whole job: each {label, url, state: done|current|todo|skipped, note}."""
    return _part("ribbon", steps=steps)


@register.simple_tag
def timeline(events: Sequence[Any], empty: Any = "") -> SafeString:
    """The history: each {at, who, label, reason, url, tone}, newest first."""
    return _part("timeline", events=events, empty=empty)


@register.simple_tag
def fates(parts: Sequence[Any], label: Any = "") -> SafeString:
    """A bar of shares with its legend: each {label, value, text, tone: w|n|a|r|g|b}. Widths are SVG attributes."""
    total = sum((abs(Decimal(str(_of(part, "value") or 0))) for part in parts), Decimal(0))
    bars, start = [], Decimal(0)
    for part in parts:
        share = abs(Decimal(str(_of(part, "value") or 0))) * 100 / total if total else Decimal(0)
        bars.append(
            {"x": f"{start:.2f}", "width": f"{max(share - Decimal('0.3'), 0):.2f}", "tone": _of(part, "tone")}
        )
        start += share
    return _part("fates", parts=parts, bars=bars, label=label)


def _of(part: Any, name: str) -> Any:
    return part.get(name) if isinstance(part, Mapping) else getattr(part, name, None)


@register.simple_tag
def progress(done: int, total: int, label: Any = "", tone: str = "w") -> SafeString:
    """Long work, or use of a limit: a bar with its count."""
    share = min(100, round(100 * done / total)) if total else 0
    return _part("progress", done=done, total=total, label=label, tone=tone, share=share)


# Forms


@register.simple_tag
def field(
    bound: BoundField, css: str = "", label: Any = None, help: Any = None, unit: Any = None,
    optional: bool | None = None, press: bool = False, **attrs: Any,
) -> SafeString:  # fmt: skip
    """One form field: label, help, control and error, tied together for a screen reader.

    `optional` overrides whether the label says so, `unit` what stands beside a number; with `press` a
    question about an unusual value is answered by a button. Further keywords become attributes of the control;
    `autofocus=True`, `inputmode="tel"`.
    """
    if bound.is_hidden:
        return mark_safe(f"{bound.errors}{bound}")
    kind = bound.widget_type
    if optional is None:
        optional = not bound.field.required and kind != "checkbox" and not bound.field.disabled
    _empty_choice_name(bound.field)
    attrs = {name.replace("_", "-"): value for name, value in attrs.items()}
    return _part(
        "field", field=bound, css=css, kind=kind,
        unit=getattr(bound.field, "unit", "") if unit is None else unit,
        label=bound.label if label is None else label,
        help=bound.help_text if help is None else help,
        control=bound.as_widget(attrs=attrs) if attrs else bound,
        optional=optional, sure=sure(bound.form, bound.name, press),
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


@register.filter
def open_to(address: str, user: Any) -> str:
    """The address, when its page is for `user`; empty when not."""
    return address if address and web.may_open(user, address) else ""


@register.simple_tag
def form_errors(form: BaseForm | Iterable[BaseForm]) -> SafeString:
    """The summary above a form (or several) that links to each field in error; nothing when all is well."""
    forms = [form] if isinstance(form, BaseForm) else [one for one in form if one is not None]
    faults: list[dict[str, Any]] = []
    for one in forms:
        faults += [{"text": text, "url": ""} for text in one.non_field_errors()]
        for bound in one:
            # A hidden field has no name for whoever reads this, and no place to go to.
            target = "" if bound.is_hidden else f"#{bound.id_for_label or bound.auto_id}"
            faults += [{"text": text, "url": target, "label": bound.label} for text in bound.errors]
    secret = any(isinstance(field.widget, PasswordInput) for one in forms for field in one.fields.values())
    return _part("form_errors", faults=faults, kept=not secret) if faults else SafeString("")


@register.simple_tag(takes_context=True)
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
        if verb and obj is not None
        else idempotency.key_new(owner, kind=kind, about=about)
    )
    return format_html('<input type="hidden" name="{}" value="{}">', idempotency.FIELD, key)


@register.simple_tag
def seen(edit: Any = None) -> SafeString:
    """What the form shows of the record that it changes; hidden, so that an older form can be told (`core.editing`)."""
    if not edit:
        return SafeString("")
    return format_html(
        '<input type="hidden" name="version" value="{}" data-seen>'
        '<input type="hidden" name="seen" value="{}" data-seen{}>',
        edit.version, edit.seen, SafeString(" data-again") if edit.goes_on else "",
    )  # fmt: skip


@register.inclusion_tag("components/action_button.html", takes_context=True)
def action_button(
    context: Context, url: str, label: Any, verb: str = "", obj: Model | None = None, tone: str = "",
    icon: str = "", key: str = "", css: str = "", name: str = "", value: Any = "", big: bool = False,
    about: Model | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A button that does one thing: its own POST form with csrf and idempotency key."""
    return {
        "url": url, "label": label, "tone": tone, "icon": icon, "key": key, "css": css, "name": name, "value": value,
        "base": "big" if big else "btn", "once": idempotency_key(context, verb, obj, about=about), "csrf_token": context.get("csrf_token"),
    }  # fmt: skip


@register.simple_block_tag(takes_context=True)
def confirm(
    context: Context, content: str, url: str, label: Any, title: Any, go: Any = "", verb: str = "",
    obj: Model | None = None, tone: str = "", icon: str = "", css: str = "",
) -> SafeString:  # fmt: skip
    """A button that first says what will happen and to whom; what stands between the tags may hold fields (a reason)."""
    return _part(
        "confirm", url=url, label=label, title=title, go=go or label, tone=tone, icon=icon, css=css,
        content=content, once=idempotency_key(context, verb, obj), csrf_token=context.get("csrf_token"),
    )  # fmt: skip


# Blocks around content


@register.simple_block_tag
def panel(content: str, title: Any = "", note: Any = "", id: str = "") -> SafeString:
    return _part("panel", content=content, title=title, note=note, id=id)


@register.simple_block_tag
def section(content: str, title: Any = "", note: Any = "", id: str = "") -> SafeString:
    """A part of a panel, with a small heading."""
    return _part("section", content=content, title=title, note=note, id=id)


@register.simple_block_tag
def callout(content: str, tone: str = "info", title: Any = "") -> SafeString:
    """Something that must be read here: info, warning, danger or good."""
    letter = tone_of(tone)
    name = {"a": "warning", "r": "warning", "g": "check"}.get(letter, "info")
    heading = format_html("<strong>{}</strong>", title) if title else ""
    return format_html(
        '<div class="callout {}">{}<div>{}{}</div></div>', letter, svg(name), heading, mark_safe(content)
    )


@register.simple_block_tag
def dialog(content: str, id: str, title: Any) -> SafeString:
    """A window over the page, opened by a button with data-open="id"."""
    return _part("dialog", content=content, id=id, title=title)


@register.simple_tag
def query(**parameters: Any) -> str:
    """?a=1&b=2, for a link to a list in a certain state."""
    return (
        f"?{urlencode({name: value for name, value in parameters.items() if value is not None}, doseq=True)}"
    )
