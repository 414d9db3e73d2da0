"""The days of the week as HTML. Some nine hundred visits make a page, so they are put together here and not in a template."""

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from apps.planning.week import Cell, Line


def cells_draw(*, columns: int, compact: bool, books: bool) -> Callable[[str, list["Cell"]], SafeString]:
    """How a row's days are drawn: all visits, or one line each; what is free can be pressed by who `books`."""
    line_html = _bit if compact else _mark
    track = f'<div class="track x{columns}">'
    book = escape(_("Book"))

    def cell_html(name: str, cell: "Cell") -> str:
        away = "".join(f'<i class="away {place}"></i>' for place in cell.away)
        bar = "".join(line_html(line) for line in cell.lines if line.place)
        lines = "" if compact else "".join(map(_visit, cell.lines))
        word = escape(cell.short if compact else cell.word)
        if cell.gap and books:
            said = f'<span class="sr">. {book}: {name}, {cell.day}</span>'
            word = f'<a class="gap word" href="{escape(cell.gap)}">{word}{said}</a>'
        else:
            word = f'<span class="word">{word}</span>'
        hint = f'<span class="why">{escape(cell.hint)}</span>' if cell.hint else ""
        free = f' data-free="{cell.free}"' if cell.free else ""
        return (
            f'<td class="slot {cell.css}" id="s{cell.technician}-{cell.day}"'
            f' data-technician="{cell.technician}" data-day="{cell.day}"{free}>'
            f"{track}{away}{bar}</div>{lines}{word}{hint}</td>\n"
        )

    def row_html(name: str, cells: list["Cell"]) -> SafeString:
        name = escape(name)
        return SafeString("".join([cell_html(name, cell) for cell in cells]))

    return row_html


def _mark(line: "Line") -> str:
    """Where a visit stands, on the bar over its line."""
    return f'<i class="bit {line.css} {line.place}"></i>'


def _bit(line: "Line") -> str:
    """A visit that has no line of its own."""
    said = escape(line.said)
    return (
        f'<a class="bit {line.css} {line.place}" href="{escape(line.url)}" title="{said}"{_dragged(line)}>'
        f'<span class="sr">{said}</span></a>'
    )


def _visit(line: "Line") -> str:
    return (
        f'<a class="visit {line.css}" href="{escape(line.url)}" title="{escape(line.said)}"{_dragged(line)}>'
        f"<time>{line.time}</time><b>{escape(line.name)}</b><small>{escape(line.about)}</small></a>"
    )


def _dragged(line: "Line") -> str:
    """What a drop of it elsewhere sends, and who will be mailed."""
    if not line.pk:
        return ""
    confirm = ' data-confirm="on"' if line.confirms else ""
    mails = f' data-mails="{escape(line.mails)}"' if line.mails else ""
    return f' data-booking="{line.pk}" data-version="{line.version}" data-minutes="{line.minutes}"{confirm}{mails}'
