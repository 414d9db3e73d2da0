"""What stands in the cell of a column: said where the column is, so that heading, cell and export stay together."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString
from markupsafe import escape

from apps.core import formats
from apps.core.ui.atoms import filled, person, tag

# Keys that stand in no other part of an address.
SOME_NUMBER, SOME_ID = 987_654_321, UUID("00000000-0000-4000-8000-000987654321")
NOTHING = filled('<span class="faint">{}</span>', "–")


@dataclass(frozen=True)
class Cell:
    """`html` writes the cell from the value of its column, the row, and the list; `css` are the classes of the <td>."""

    html: Callable[[Any, Any, Any], str]
    css: str = ""


def cut(value: Any) -> SafeString:
    """Words of any length, on one line."""
    return SafeString(f'<span class="cut">{escape(value)}</span>')


def faint(value: Any) -> SafeString:
    """A second line below the first; nothing for nothing."""
    return SafeString(f'<span class="faint cut">{escape(value)}</span>' if value else "")


def link(value: Any, address: str, css: str = "") -> SafeString:
    return filled('<a class="{}" href="{}">{}</a>', css, address, value)


def made(write: Callable[[Any], str], css: str = "") -> Cell:
    """A cell that no other column has: `write` gets the row."""
    return Cell(lambda _value, row, _page: write(row), css)


def written(
    write: Callable[[Any], Any],
    css: str = "",
    *,
    nothing: Any = "–",
    under: Callable[[Any], Any] = lambda _row: "",
) -> Cell:
    """The value in words: `write` gets it. Where there is none, what `nothing` says. `under` is a second line."""

    def html(value: Any, row: Any, _page: Any) -> str:
        if value is None or value == "":
            return filled('<span class="faint">{}</span>', nothing) if nothing else ""
        return escape(write(value)) + faint(under(row))

    return Cell(html, css)


def two(under: Callable[[Any], Any]) -> Cell:
    """The value, and below it what `under` finds of the row."""
    return Cell(lambda value, row, _page: cut(value) + faint(under(row)))


def address_of(page_name: str, pk: int | UUID) -> str:
    """The page of a record. A list asks it for each row, so Django is asked once."""
    before, after = _around(page_name, SOME_ID if isinstance(pk, UUID) else SOME_NUMBER)
    return f"{before}{pk}{after}"


@cache
def _around(page_name: str, pk: int | UUID) -> tuple[str, str]:
    before, _pk, after = reverse(page_name, args=[pk]).rpartition(str(pk))
    return before, after


def lead(
    page_name: str,
    *,
    mark: Callable[[Any], SafeString] = lambda _row: SafeString(""),
    under: Callable[[Any], Any] = lambda _row: "",
    show: Callable[[Any], Any] = lambda value: value,
    css: str = "id",
) -> Cell:
    """The way to the record's page, with a mark behind it and a second line: the whole row is its link."""

    def html(value: Any, row: Any, page: Any) -> str:
        address = address_of(page_name, row.pk) + page.carried
        return SafeString(f"{link(show(value), address, 'row')} {mark(row)}{faint(under(row))}")

    return Cell(html, css)


def linked(page_name: str, pk: Callable[[Any], Any], css: str = "day") -> Cell:
    """The value as the way to another record; a dash where there is none."""

    def html(value: Any, row: Any, _page: Any) -> str:
        found = pk(row)
        return link(value, address_of(page_name, found)) if found else NOTHING

    return Cell(html, css)


def status(tone: Callable[[Any], str] = attrgetter("tone")) -> Cell:
    """The value as a tag, in the tone of the row."""
    return Cell(lambda value, row, _page: tag(value, tone(row)))


def dot(who: Callable[[Any], Any], *, named: bool = False) -> Cell:
    """The initials of somebody, `named` with the name beside them; nothing for nobody."""

    def html(_value: Any, row: Any, _page: Any) -> str:
        found = who(row)
        if not found:
            return ""
        return (
            filled('<span class="person">{}{}</span>', person(found), found.name) if named else person(found)
        )

    return Cell(html)


def beside_dot(who: Any, words: str) -> SafeString:
    """Words in one or two lines beside the initials of somebody."""
    return filled('<span class="person">{}<span>{}</span></span>', person(who), words)


PLAIN = Cell(lambda value, _row, _page: escape(value))
CUT = Cell(lambda value, _row, _page: cut(value))
FAINT = Cell(lambda value, _row, _page: filled('<span class="faint">{}</span>', value))
NOWRAP = Cell(PLAIN.html, "nowrap")
MONEY = written(formats.money)
DAY = written(formats.day, "day")
MOMENT = written(formats.moment, "day")
