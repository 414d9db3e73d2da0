"""Panels and what they hold: sections, notices, histories, bars of shares."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString
from jinja2 import pass_context
from jinja2.runtime import Context

from apps.core.chain import Chain
from apps.core.history import asked_of
from apps.core.history import history as history_of
from apps.core.remarks import Remarks
from apps.core.ui.atoms import icon, tone_of
from apps.core.ui.page import for_reader, part

Caller = Callable[[], str]


@pass_context
def panel(context: Context, title: Any = "", note: Any = "", id: str = "", *, caller: Caller) -> SafeString:
    return part(context, "panel", content=caller(), title=title, note=note, id=id)


@pass_context
def section(context: Context, title: Any = "", note: Any = "", id: str = "", *, caller: Caller) -> SafeString:
    """A part of a panel, with a small heading."""
    return part(context, "section", content=caller(), title=title, note=note, id=id)


@pass_context
def dialog(context: Context, id: str, title: Any, *, caller: Caller) -> SafeString:
    """A window over the page, opened by a button with data-open="id"."""
    return part(context, "dialog", content=caller(), id=id, title=title)


def callout(tone: str = "info", title: Any = "", *, caller: Caller) -> SafeString:
    """Something that must be read here: info, warning, danger or good."""
    letter = tone_of(tone)
    name = {"a": "warning", "r": "warning", "g": "check"}.get(letter, "info")
    heading = format_html("<strong>{}</strong>", title) if title else ""
    return format_html(
        '<div class="callout {}">{}<div>{}{}</div></div>', letter, icon(name), heading, SafeString(caller())
    )


@pass_context
def empty_state(
    context: Context, title: Any, text: Any = "", icon: str = "inbox", url: str = "", label: Any = "", tone: str = ""
) -> SafeString:  # fmt: skip
    """What would be here, and how to make the first one, for whoever may. With tone="r": what went wrong and what to do."""
    address = for_reader(context, url)
    return part(context, "empty", title=title, text=text, mark=icon, address=address, label=label, tone=tone)


@pass_context
def comes_first(context: Context, title: Any, text: Any, url: str, label: Any) -> SafeString:
    """What has to be there before this page is of use, and where it is made."""
    return part(context, "comes_first", title=title, text=text, address=for_reader(context, url), label=label)


@pass_context
def ribbon(context: Context, steps: Sequence[Any]) -> SafeString:
    """The chain of a whole job: each {label, url, state: done|current|todo|skipped, note}."""
    return part(context, "ribbon", steps=steps)


@pass_context
def chain_ribbon(context: Context, obj: Any) -> SafeString:
    """The strip from request to package, with where this job stands."""
    chain = asked_of(obj, "chain") or Chain(obj, context["request"].user)
    return ribbon(
        context,
        [{"label": one.label, "url": one.url, "state": one.state, "note": one.detail} for one in chain.steps],
    )


@pass_context
def remarks(context: Context, obj: Any) -> SafeString:
    """What other apps have to say of this record, above it."""
    said = asked_of(obj, "remarks") or Remarks(obj, context["request"].user)
    return part(context, "remarks", remarks=said.found)


@pass_context
def timeline(context: Context, events: Sequence[Any], empty: Any = "") -> SafeString:
    """The history: each {at, who, label, reason, url, tone}, newest first."""
    return part(context, "timeline", events=events, empty=empty)


@pass_context
def history(context: Context, obj: models.Model) -> SafeString:
    """The status history: when, who, what, why."""
    return timeline(context, history_of(obj))


@pass_context
def fate_bar(context: Context, parts: Sequence[Any], label: Any = "") -> SafeString:
    """A bar of shares with its legend: each {label, value, text, tone: w|n|a|r|g|b}. Widths are SVG attributes."""
    total = sum((abs(Decimal(str(_of(one, "value") or 0))) for one in parts), Decimal(0))
    bars, start = [], Decimal(0)
    for one in parts:
        share = abs(Decimal(str(_of(one, "value") or 0))) * 100 / total if total else Decimal(0)
        bars.append(
            {"x": f"{start:.2f}", "width": f"{max(share - Decimal('0.3'), 0):.2f}", "tone": _of(one, "tone")}
        )
        start += share
    said = ", ".join(f"{_of(one, 'label')} {_of(one, 'text')}" for one in parts)
    return part(context, "fates", parts=parts, bars=bars, said=f"{label}: {said}" if label else said)


def _of(one: Any, name: str) -> Any:
    return one.get(name) if isinstance(one, Mapping) else getattr(one, name, None)


@pass_context
def progress(context: Context, done: int, total: int, label: Any = "", tone: str = "w") -> SafeString:
    """Long work, or use of a limit: a bar with its count."""
    share = min(100, round(100 * done / total)) if total else 0
    return part(context, "progress", done=done, total=total, label=label, tone=tone, share=share)
