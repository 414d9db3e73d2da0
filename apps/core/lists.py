"""The one machine behind every list: counters, filters, search, sorting, paging, export. State lives in the URL."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise, cached_property

from apps.core.exports import list_export
from apps.core.numbers import pk_read
from apps.core.together import Figure, number_of, together
from apps.core.ui.cells import PLAIN, Cell

Text = str | Promise
PAGE_SIZE = 25
COUNT_CAP = 1000


@dataclass(frozen=True)
class Column:
    """A column, once: `value` gives the plain value for an export and for its `cell`; `order` are the fields to sort by.

    `css` are the classes of heading and cells: `opt` goes first when room is short.
    """

    name: str
    label: Text
    value: Callable[[Any], Any]
    order: tuple[str, ...] = ()
    numeric: bool = False
    css: str = ""
    cell: Cell = PLAIN

    @cached_property
    def classes(self) -> str:
        return f"{'num ' if self.numeric else ''}{self.css}".strip()

    @cached_property
    def cell_classes(self) -> str:
        return f"{self.cell.css} {self.classes}".strip()


@dataclass(frozen=True)
class Filter:
    """A choice that narrows the list: `apply` gets the queryset and the chosen value."""

    name: str
    label: Text
    choices: Iterable[tuple[str, Text]] | Callable[[], Iterable[tuple[str, Text]] | QuerySet]
    apply: Callable[[Any, str], Any]


@dataclass(frozen=True)
class Count:
    """A counter above the list: what it counts, and the filters that show the rows behind it.

    `of` gives the rows to count, or a figure about them; `show` puts the figure in words.
    """

    label: Text
    of: Callable[[Any], QuerySet | Figure]
    query: dict[str, str]
    tone: str = ""
    show: Callable[[Any], Any] | None = None


def counted(rows: QuerySet) -> Figure:
    """How many rows there are, as far as is worth knowing."""
    return number_of(rows, cap=COUNT_CAP + 1)


def as_known(number: int) -> int | str:
    """A number of rows of which `counted` may have left some uncounted."""
    return f"{COUNT_CAP}+" if number > COUNT_CAP else number


class ListPage:
    """One request's view of a list. Subclasses say the columns, filters and counters."""

    name: str
    columns: tuple[Column, ...] = ()
    export_columns: tuple[Column, ...] = ()  # what an export holds beside the columns of the table
    filters: tuple[Filter, ...] = ()
    counts: tuple[Count, ...] = ()
    default_order: tuple[str, ...] = ("-id",)
    search_hint: Text = ""

    def __init__(self, request: HttpRequest, queryset: QuerySet, *, path: str = "") -> None:
        """`path` is the list's own address, for a page that shows the list beside something else."""
        self.request = request
        self.path = path or request.path
        self.query = {key: str(value) for key, value in request.GET.items() if value}
        self.everything = queryset
        self.also: list[QuerySet] = []  # what else the page shows, to be asked along with its counters

    # -- state ---------------------------------------------------------------

    @property
    def search(self) -> str:
        return self.query.get("q", "")

    def url(self, **changes: str | None) -> str:
        """This list's address with some of its state changed; a changed filter starts at page one."""
        state = {key: value for key, value in self.query.items() if key != "page"} | changes
        kept = {key: value for key, value in state.items() if value}
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    @property
    def state(self) -> str:
        """The filters, search and order as a query string: what a saved view keeps, and a row's link carries along."""
        return urlencode({key: value for key, value in self.query.items() if key not in ("page", "export")})

    @property
    def carried(self) -> str:
        """What a row's link carries along, so that the record's page leads back to this very list."""
        return f"?{self.state}" if self.state else ""

    @cached_property
    def filtered(self) -> QuerySet:
        rows = self.everything
        for one in self.filters:
            value = self.query.get(one.name)
            if value and any(key == value for key, _label in self._options(one)):
                rows = one.apply(rows, value)
        if self.search:
            rows = rows.search(self.search)  # type: ignore[attr-defined]
        return rows

    @cached_property
    def ordered(self) -> QuerySet:
        sort = self.query.get("sort", "")
        for column in self.columns:
            if column.order and sort.lstrip("-") == column.name:
                fields = column.order
                if sort.startswith("-"):
                    fields = tuple(f[1:] if f.startswith("-") else f"-{f}" for f in fields)
                return self.filtered.order_by(*fields, "-pk")
        return self.filtered.order_by(*self.default_order)

    @property
    def page(self) -> int:
        return max(1, min(pk_read(self.query.get("page")) or 1, 10_000))

    # -- what the templates show -----------------------------------------------

    @cached_property
    def _window(self) -> list[Any]:
        start = (self.page - 1) * PAGE_SIZE
        shown = self.ordered[start : start + PAGE_SIZE + 1]
        if self.page == 1:
            return list(shown)
        # What a row shows is joined for these rows only, not for all that are skipped.
        keys = list(shown.values_list("pk", flat=True))
        return list(self.ordered.filter(pk__in=keys))

    @property
    def rows(self) -> list[Any]:
        return self._window[:PAGE_SIZE]

    def css_of(self, row: Any) -> str:
        """The class of a row that is not like the others."""
        return ""

    @property
    def next_url(self) -> str:
        return self.url(page=str(self.page + 1)) if len(self._window) > PAGE_SIZE else ""

    @property
    def previous_url(self) -> str:
        return self.url(page=str(self.page - 1) if self.page > 2 else None) if self.page > 1 else ""

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """Every number that stands above the list, by a name; a subclass adds its own."""
        found = {}
        for place, one in enumerate(self.counts):
            of = one.of(self.everything)
            found[str(place)] = of if isinstance(of, Figure) else counted(of)
        return found

    @cached_property
    def _choices_found(self) -> dict[str, Any]:
        return {one.name: one.choices() if callable(one.choices) else one.choices for one in self.filters}

    @cached_property
    def _total(self) -> Figure | None:
        """Nothing when the rows of this page are all there are."""
        return counted(self.filtered) if self.page > 1 or self.next_url else None

    def ask(self) -> None:
        """All that the page shows beside its rows, in one statement: figures, options of filters, what it was given."""
        options = [found for found in self._choices_found.values() if isinstance(found, QuerySet)]
        together(*self.figures.values(), *options, *self.also, self._total)

    def figure(self, name: str) -> Any:
        self.ask()
        return self.figures[name].value

    def rows_of(self, queryset: QuerySet) -> list[Any]:
        """The rows of a queryset that stands in `also`."""
        self.ask()
        return list(queryset)

    def _options(self, one: Filter) -> list[tuple[str, Text]]:
        found = self._choices_found[one.name]
        return [(str(row), row) if isinstance(row, str) else (str(row[0]), row[1]) for row in found]

    @cached_property
    def total(self) -> str:
        """How many rows there are, counted no further than is worth knowing."""
        if self._total is None:
            return str(len(self.rows))
        self.ask()
        return str(as_known(self._total.value))

    @property
    def _default_sort(self) -> str:
        """The column by which the list is sorted when nobody asks for another, as `sort` would say it."""
        first = self.default_order[0] if self.default_order else ""
        for column in self.columns:
            if column.order and column.order[0].lstrip("-") == first.lstrip("-"):
                return column.name if column.order[0] == first else f"-{column.name}"
        return ""

    @property
    def headings(self) -> list[dict[str, Any]]:
        sort = self.query.get("sort", "") or self._default_sort
        found = []
        for column in self.columns:
            direction = {column.name: "ascending", f"-{column.name}": "descending"}.get(sort, "")
            other = f"-{column.name}" if direction == "ascending" else column.name
            found.append(
                {
                    "label": column.label,
                    "numeric": column.numeric,
                    "css": column.classes,
                    "direction": direction,
                    "url": self.url(sort=other) if column.order else "",
                }
            )
        return found

    @cached_property
    def counters(self) -> list[dict[str, Any]]:
        found = []
        for place, one in enumerate(self.counts):
            value = self.figure(str(place))
            current = bool(one.query) and all(self.query.get(k) == v for k, v in one.query.items())
            query = "" if current else f"?{urlencode(one.query)}"
            found.append(
                {
                    "label": one.label,
                    "value": one.show(value) if one.show else as_known(value),
                    "url": self.path + query,
                    "current": current,
                    "tone": one.tone,
                }
            )
        return found

    @cached_property
    def choices(self) -> list[dict[str, Any]]:
        """The filters as the filter bar shows them."""
        self.ask()
        return [
            {
                "name": one.name,
                "label": one.label,
                "value": self.query.get(one.name, ""),
                "options": self._options(one),
                "clear_url": self.url(**{one.name: None}),
            }
            for one in self.filters
        ]

    @property
    def is_filtered(self) -> bool:
        return bool(self.search) or any(self.query.get(one.name) for one in self.filters)

    @property
    def csv_url(self) -> str:
        return self.url(export="csv")

    @property
    def xlsx_url(self) -> str:
        return self.url(export="xlsx")

    # -- export ---------------------------------------------------------------

    def export(self) -> HttpResponse | None:
        """The file that the address asks for, or None when it asks for the page."""
        kind = self.query.get("export")
        if kind not in ("csv", "xlsx") or not self.request.user.may("export_lists"):  # type: ignore[union-attr]
            return None
        columns = (*self.columns, *self.export_columns)
        return list_export(self.ordered, columns, name=self.name, kind=kind)
