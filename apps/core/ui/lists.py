"""What stands around the rows of a list."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import escape

from apps.core.ui.atoms import filled, icon
from apps.core.ui.page import here, part


@pass_context
def counter_strip(context: Context, items: Sequence[Any], label: Any = "") -> SafeString:
    """The strip of counters: each {label, value, url, current, tone}; one with a url filters the list below."""
    return part(context, "counters", items=items, label=label or _("Counters"))


@pass_context
def filter_bar(context: Context, filters: Any, target: str = "list", path: str = "") -> SafeString:
    """Search, chips and selects as one GET form. See docs/design.md for what `filters` may hold."""
    return part(context, "filters", filters=filters, target=target, path=path)


@pass_context
def list_filters(
    context: Context, page: Any, views: Any = None, save_url: str = "", target: str = "list"
) -> SafeString:
    """The filter bar of a `core.lists.ListPage`."""
    user = context.get("user")
    exports = [("CSV", page.csv_url), ("XLSX", page.xlsx_url)] if user and user.may("export_lists") else []
    filters = {
        "placeholder": page.search_hint,
        "q": page.search,
        "keep": {"sort": page.query.get("sort", "")},
        "selects": page.choices,
        "clear_url": page.path if page.is_filtered else "",
        "exports": exports,
        "views": views or None,
        "save_url": save_url or "",
        "summary": _summary(page),
    }
    return filter_bar(context, filters, target, page.path)


def _summary(page: Any) -> str:
    """How many rows there are, and of what, where nothing holds what was typed."""
    rows = ngettext("%(n)s row", "%(n)s rows", 1 if page.total == "1" else 2) % {"n": page.total}
    if not page.forgiven:
        return rows
    return _("Nothing with “%(typed)s”. With “%(words)s”: %(rows)s") % {
        "typed": page.search, "words": " ".join(page.forgiven.words), "rows": rows
    }  # fmt: skip


@pass_context
def list_head(context: Context, page: Any, extra: int = 0, tick: str = "") -> SafeString:
    """The head of a ListPage's table: each heading sorts. `extra` adds empty headings, for a column of actions; `tick` one
    for boxes to choose by."""
    return part(context, "list_head", headings=page.headings, extra=range(extra), tick=tick)


@pass_context
def list_table(
    context: Context,
    page: Any,
    chosen: Any = None,
    beside: bool = False,
    css: str = "list",
    tick: str = "",
    form: str = "",
    caller: Callable[[Any], str] | None = None,
) -> SafeString:
    """The rows of a ListPage below its head. `beside`: a row opens beside the list. A caller writes the actions of a row.

    `tick`: rows are chosen by boxes of this name, for the form with the id `form`; the list says which (`may_tick`). A list
    that has a `foot` adds up what stands in its columns.
    """
    box = (tick, form) if tick else None
    rows = SafeString("".join(_row(page, one, chosen, caller, box) for one in page.rows))
    head = list_head(context, page, 1 if caller else 0, tick)
    foot = SafeString(_cells(page, page.foot)) if page.foot is not None else ""
    return part(context, "list_table", head=head, rows=rows, foot=foot, beside=beside, css=css)


def _cells(page: Any, row: Any) -> str:
    return "".join(
        f"<td{_classes(one.cell_classes)}>{escape(one.cell.html(one.value(row), row, page))}</td>"
        for one in page.columns
    )


def _row(
    page: Any, row: Any, chosen: Any, actions: Callable[[Any], str] | None, box: tuple[str, str] | None
) -> SafeString:
    """Some two hundred cells make a page, so they are put together here and not in a template."""
    cells = [_cells(page, row)]
    if box:
        cells.insert(0, _box(*box, row) if page.may_tick(row) else filled('<td class="check"></td>'))
    if actions:
        cells.append(f'<td class="act">{actions(row)}</td>')
    selected = ' aria-selected="true"' if chosen and chosen.pk == row.pk else ""
    return SafeString(f"<tr{_classes(page.css_of(row))}{selected}>{''.join(cells)}</tr>\n")


def _box(name: str, form: str, row: Any) -> SafeString:
    box = '<td class="check"><input type="checkbox" name="{}" value="{}" form="{}" aria-label="{}"></td>'
    return filled(box, name, row.pk, form, row.number)


@cache
def _classes(names: str) -> SafeString:
    return format_html(' class="{}"', names) if names else SafeString("")


@pass_context
def list_foot(context: Context, page: Any) -> SafeString:
    """Which rows these are, and the way to the others; nothing when they are all here."""
    if not page.next_url and not page.previous_url:
        return SafeString("")
    # The total may be written as a person reads it: 1,284.
    many = 1 if str(page.total) == "1" else 2
    said = ngettext("Page %(page)s · %(total)s row", "Page %(page)s · %(total)s rows", many)
    summary = said % {"page": page.page, "total": page.total}
    return part(context, "pager", summary=summary, previous_url=page.previous_url, next_url=page.next_url)


@pass_context
def sort_header(context: Context, name: str, label: Any, css: str = "", default: bool = False) -> SafeString:
    """A <th> whose link sorts by `name`, and the other way round when it already does (`sort=name`, `sort=-name`)."""
    request = context.get("request")
    current = request.GET.get("sort", "") if request else ""
    rising = current == name or (default and not current)
    state = "ascending" if rising else "descending" if current == f"-{name}" else "none"
    arrow = "" if state == "none" else icon("up" if rising else "down")
    address = here(context, sort=f"-{name}" if rising else name)
    return format_html(
        '<th scope="col" class="{}" aria-sort="{}"><a href="{}">{}{}</a></th>',
        css,
        state,
        address,
        label,
        arrow,
    )
