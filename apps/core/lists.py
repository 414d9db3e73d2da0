"""The one machine behind every list: counters, filters, search, sorting, paging, export. State lives in the URL."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet, TextField
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise, cached_property

from apps.core.compiled import Given, compiled, reader_of
from apps.core.exports import list_export
from apps.core.numbers import pk_read
from apps.core.search import SearchedRows, words_asked, words_begun
from apps.core.spelling import Forgiven, forgiven
from apps.core.together import Figure, Question, number_of, together
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

    def __init__(
        self, request: HttpRequest, source: QuerySet | Callable[[Any], QuerySet], *, path: str = ""
    ) -> None:
        """`source`: the rows to choose from; or what gives them for a user and for nothing else, so that the SQL of the
        list is compiled once. `path` is the list's own address, for a page that shows the list beside something else.
        """
        self.request = request
        self.path = path or request.path
        self.query = {key: str(value) for key, value in request.GET.items() if value}
        self.source = source
        self.also: list[QuerySet] = []  # what else the page shows, to be asked along with its counters

    @cached_property
    def everything(self) -> Any:
        return self.source(self.request.user) if callable(self.source) else self.source

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
    def _chosen(self) -> list[tuple[Filter, str]]:
        """The filters that are set, to something that they offer."""
        asked = [(one, self.query[one.name]) for one in self.filters if one.name in self.query]
        return [
            (one, value) for one, value in asked if any(key == value for key, _label in self._options(one))
        ]

    @cached_property
    def filtered(self) -> QuerySet:
        return self._narrowed(self._words)

    def _narrowed(self, words: str) -> Any:
        """The rows that the filters leave, and that hold `words`."""
        rows = self.everything
        for one, value in self._chosen:
            rows = one.apply(rows, value)
        if not self.search:
            return rows
        if not self._has_words:
            return rows.search(self.search)
        return rows.matching(Given("words", TextField(), words)) if words else rows

    @cached_property
    def _has_words(self) -> bool:
        """Whether it is searched by stored words, so that every search is the same question."""
        return isinstance(self.everything, SearchedRows)

    @property
    def _typed(self) -> str:
        return words_asked(self.search) if self._has_words else ""

    @property
    def _words(self) -> str:
        """What is searched for: what was typed, or, where nothing holds that, the words that it nearly says."""
        return self.forgiven.asked if self.forgiven else self._typed

    @cached_property
    def forgiven(self) -> Forgiven | None:
        return forgiven(self._typed) if self._typed and not self._found_by(self._typed) else None

    @cached_property
    def _found(self) -> int:
        """How many rows a search finds, counted no further than is worth knowing."""
        return self._found_by(self._words)

    def _found_by(self, words: str) -> int:
        asked = self._compiled("found", lambda: {"found": counted(self._narrowed(words))}, words=words)
        together(*asked.values(), plan_anew=True)
        return int(asked["found"].value)

    @cached_property
    def _is_ranked(self) -> bool:
        """Whether the best come first: nobody asked for another order, and there are not so many that to look costs much."""
        sorts = {column.name for column in self.columns if column.order}
        sort = self.query.get("sort", "").lstrip("-")
        return bool(self._words) and sort not in sorts and self._found <= COUNT_CAP

    @cached_property
    def ordered(self) -> QuerySet:
        sort = self.query.get("sort", "")
        for column in self.columns:
            if column.order and sort.lstrip("-") == column.name:
                fields = column.order
                if sort.startswith("-"):
                    fields = tuple(f[1:] if f.startswith("-") else f"-{f}" for f in fields)
                return self.filtered.order_by(*fields, "-pk")
        if self._is_ranked:
            begun = Given("begun", TextField(), words_begun(self._words))
            return self._narrowed(self._words).begun_first(begun, *self.default_order)
        return self.filtered.order_by(*self.default_order)

    @property
    def page(self) -> int:
        return max(1, min(pk_read(self.query.get("page")) or 1, 10_000))

    # -- what the templates show -----------------------------------------------

    @cached_property
    def _window(self) -> list[Any]:
        start = (self.page - 1) * PAGE_SIZE
        if self.page == 1:
            what = ("rows", self._is_ranked)
            shown = self._compiled(what, lambda: {"rows": self.ordered[: PAGE_SIZE + 1]}, words=self._words)[
                "rows"
            ]
            together(shown, plan_anew=self._is_narrow)
            return list(shown)
        # What a row shows is joined for these rows only, not for all that are skipped.
        keys = list(self.ordered[start : start + PAGE_SIZE + 1].values_list("pk", flat=True))
        return list(self.ordered.filter(pk__in=keys))

    def _compiled(
        self,
        what: Hashable,
        build: Callable[[], Mapping[str, Question]],
        *,
        narrowed: bool = True,
        words: str = "",
    ) -> Mapping[str, Any]:
        """Questions about this list, in SQL that is remembered for its reader; `narrowed` to its state, for that state too."""
        if not callable(self.source) or (narrowed and self.search and not self._has_words):
            return build()
        assert self._chosen is not None  # which asks the database: before the questions are made
        state = {**self.query, "q": bool(words)} if narrowed else {}
        shape = (what, type(self), self.source, reader_of(self.request.user), frozenset(state.items()))
        return compiled(shape, build, words=words, begun=words_begun(words))

    @property
    def _is_narrow(self) -> bool:
        """Whether few rows or most of them are found is a matter of what was chosen."""
        return bool(self.query.keys() - {"sort", "page"})

    @property
    def rows(self) -> list[Any]:
        return self._window[:PAGE_SIZE]

    def css_of(self, row: Any) -> str:
        """The class of a row that is not like the others."""
        return ""

    def may_tick(self, row: Any) -> bool:
        """Whether the row can be chosen, in a list whose rows are chosen by boxes."""
        return True

    @property
    def foot(self) -> Any:
        """A row below the others, which adds them up; None where nothing is added up."""
        return None

    @property
    def next_url(self) -> str:
        return self.url(page=str(self.page + 1)) if len(self._window) > PAGE_SIZE else ""

    @property
    def previous_url(self) -> str:
        return self.url(page=str(self.page - 1) if self.page > 2 else None) if self.page > 1 else ""

    def figures(self) -> dict[str, Figure]:
        """Every number that stands above the list, by a name, whatever the list is narrowed to; a subclass adds its own."""
        found = {}
        for place, one in enumerate(self.counts):
            of = one.of(self.everything)
            found[str(place)] = of if isinstance(of, Figure) else counted(of)
        return found

    def counted(self) -> Figure:
        """How many rows there are on all pages."""
        return counted(self.filtered)

    @property
    def _has_more(self) -> bool:
        return self.page > 1 or bool(self.next_url)

    def _questions(self) -> dict[str, Question]:
        figures = {f"figure {name}": one for name, one in self.figures().items()}
        choices = {f"options {one.name}": one.choices() for one in self.filters if callable(one.choices)}
        return figures | {name: found for name, found in choices.items() if isinstance(found, QuerySet)}

    @cached_property
    def _beside(self) -> Mapping[str, Any]:
        """All that the page shows beside its rows, in one statement: figures, options of filters, what it was given."""
        found = {**self._compiled("beside", self._questions, narrowed=False)}
        if self._has_more and not self._words:
            found |= self._compiled("total", lambda: {"total": self.counted()})
        together(*found.values(), *self.also, plan_anew=self._is_narrow)
        return found

    def figure(self, name: str) -> Any:
        return self._beside[f"figure {name}"].value

    def rows_of(self, queryset: QuerySet) -> list[Any]:
        """The rows of a queryset that stands in `also`."""
        assert self._beside is not None  # asks it along
        return list(queryset)

    def _options(self, one: Filter, found: Any = None) -> list[tuple[str, Text]]:
        if found is None:
            found = one.choices() if callable(one.choices) else one.choices
        return [(str(row), row) if isinstance(row, str) else (str(row[0]), row[1]) for row in found]

    @cached_property
    def total(self) -> str:
        """How many rows there are, counted no further than is worth knowing."""
        if not self._has_more:
            return str(len(self.rows))
        return str(as_known(self._found if self._words else self._beside["total"].value))

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
        return [
            {
                "name": one.name,
                "label": one.label,
                "value": self.query.get(one.name, ""),
                "options": self._options(one, self._beside.get(f"options {one.name}")),
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
