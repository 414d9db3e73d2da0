"""A table of sums: how each column reads, and the records behind each number."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from markupsafe import escape

from apps.core import clock, formats
from apps.core.lists import COUNT_CAP, PAGE_SIZE, Column, ListPage
from apps.core.together import Figure
from apps.core.ui.cells import Cell, faint, link
from apps.finance.figures import Totals
from apps.finance.rules import Choice


def money(value: Any) -> str:
    return formats.money(value)


def money_or_none(value: Any) -> str:
    return "—" if value is None else formats.money(value)


def percent(value: Any) -> str:
    return "—" if value is None else formats.percent(value, 1)


def average(value: Any) -> str:
    return "—" if value is None else formats.number(value, 1)


def count(value: Any) -> str:
    return formats.number(value, 0)


def figure(show: Callable[[Any], str], what: str) -> Cell:
    """A sum in words; the records behind it are a press away."""

    def html(value: Any, row: Any, page: Any) -> str:
        address = page.records_url(what, row) if what and value else ""
        return link(show(value), address) if address else escape(show(value))

    return Cell(html)


def sum_of(
    name: str, label: Any, show: Callable[[Any], str] = money, what: str = "", css: str = ""
) -> Column:
    return Column(name, label, lambda row: row[name], (name,), True, css, figure(show, what))


def derived(
    name: str, label: Any, show: Callable[[Any], str], order: tuple[str, ...] = (), what: str = "", css: str = ""
) -> Column:  # fmt: skip
    return Column(name, label, lambda row: getattr(Totals(row), name), order, True, css, figure(show, what))


def _head(_value: Any, row: Any, page: Any) -> str:
    if row is page.foot:
        return escape(_("Together"))
    text, url, note = page.head_of(row)
    return link(text, url, page.head_css) + faint(note)


HEAD = Cell(_head)
NUMBER = Cell(_head, "id")


REVENUE = sum_of("revenue", _("Revenue"), what="revenue")
COST = derived("cost", _("Cost"), money, ("cost_sum",), "cost", "opt-2")
MARGIN = derived("margin", _("Margin"), money, ("margin_sum",), "margin")
SHARE = derived("margin_percentage", "%", percent, css="opt-2")
HOURS_WORKED = sum_of("hours", _("Hours worked"), formats.hours, "hours", "opt")


class FiguresList(ListPage):
    """Rows that are sums themselves: dicts, put in order by what they add up to."""

    columns: tuple[Column, ...]
    key = "key"
    title: Any = ""
    head_css = "link cut"

    def __init__(self, request: HttpRequest, rows: Any, choice: Choice) -> None:
        super().__init__(request, rows)
        self.choice = choice
        today = clock.today()
        self.span, self.before = choice.period.counted(today), choice.period.before(today)

    @cached_property
    def ordered(self) -> Any:
        sort = self.query.get("sort", "")
        fields: tuple[str, ...] = self.default_order
        for column in self.columns:
            if column.order and sort.lstrip("-") == column.name:
                fields = tuple(f"-{one}" for one in column.order) if sort.startswith("-") else column.order
        return self.filtered.order_by(*fields, *self.ties)

    @property
    def ties(self) -> tuple[str, ...]:
        return (self.key,)

    @cached_property
    def _window(self) -> list[Any]:
        start = (self.page - 1) * PAGE_SIZE
        return [Totals(one) for one in self.ordered[start : start + PAGE_SIZE + 1]]

    def counted(self) -> Figure:
        return Figure(self.filtered, "count", self.key, COUNT_CAP + 1)

    # -- what the template shows

    def head_of(self, row: Any) -> tuple[str, str, str]:
        """What a row is of: its words, the address behind them, and what stands below."""
        raise NotImplementedError

    def query_of(self, row: Any) -> dict[str, str]:
        """What narrows the records behind the numbers of a row."""
        return self.choice.query

    def records_url(self, what: str, row: Any) -> str:
        """Where the records behind a number of the row are; empty where there are none to show."""
        return records_url(what, self.choice.query if row is self.foot else self.query_of(row))

    @cached_property
    def foot(self) -> Totals:
        """What the column of each number adds up to, whatever page is shown."""
        raise NotImplementedError


def records_url(what: str, query: dict[str, str]) -> str:
    return f"{reverse('finance:record_list', args=[what])}?{urlencode(query)}"
