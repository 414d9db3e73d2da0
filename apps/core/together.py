"""Several questions asked of the database in one statement.

A page asks many small things: what waits, the choices of a filter, notes, mails, history. Each as a statement of its
own costs a round trip. `together(a, b, c)` asks them as subselects of one SELECT and leaves each queryset as if it had
been evaluated by itself: the same objects, the same types, prefetches included. Nothing is kept beyond the querysets.
"""

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import Expression, QuerySet
from psycopg.adapt import Transformer
from psycopg.pq import Format

Loader = Callable[[str], Any]


class Late:
    """A parameter whose value is read when the statement is asked."""

    def __init__(self, value: Callable[[], Any]) -> None:
        self.value = value


class Part(NamedTuple):
    """A question in SQL: a statement of its own, and the subselect that asks the same in one value."""

    compiler: Any  # None for a figure
    statement: str
    subselect: str
    params: Sequence[Any]

    @property
    def values(self) -> list[Any]:
        return [one.value() if isinstance(one, Late) else one for one in self.params]


NOTHING = Part(None, "", "", ())  # a question of which Django knows without asking that no row answers it


class Figure:
    """One number about a queryset's rows, as a question for `together`."""

    part: Part | None = None

    def __init__(self, rows: QuerySet, function: str, of: str, cap: int | None) -> None:
        asked = rows.order_by().values_list(of)
        self.rows = asked[:cap] if cap else asked
        self.function = function
        self._answer: tuple[Any] | None = None

    @property
    def value(self) -> Any:
        """The number; asked by itself when it was not asked along."""
        if self._answer is None:
            together(self)
        assert self._answer is not None
        return self._answer[0]

    def again(self) -> "Figure":
        """The same question, without an answer."""
        fresh = copy(self)
        fresh._answer = None
        return fresh


def number_of(rows: QuerySet, *, cap: int | None = None) -> Figure:
    """How many rows there are, counted no further than `cap`."""
    return Figure(rows, "count", "pk", cap)


def sum_of(rows: QuerySet, field: str) -> Figure:
    """The sum of a field; 0 without rows."""
    return Figure(rows, "sum", field, None)


def mean_of(rows: QuerySet, field: str) -> Figure:
    """The mean of a field; None without rows."""
    return Figure(rows, "avg", field, None)


Question = QuerySet | Figure


def together(*questions: Question | None, plan_anew: bool = False) -> None:
    """Ask every question that has no answer yet. None is no question.

    `plan_anew`: what is looked for differs so much from time to time that one plan does not do for all.
    """
    asked: list[tuple[Any, Part]] = []
    for one in questions:
        if one is None or _is_answered(one):
            continue
        part = getattr(one, "part", None) or part_of(one)
        if not part.statement:
            _answer(one, None, None)
        else:
            asked.append((one, part))
    if not asked:
        return
    with connection.cursor() if plan_anew else _planned_once() as cursor:
        if len(asked) == 1 and asked[0][1].compiler:
            [(rows, part)] = asked
            cursor.execute(part.statement, part.values)
            _fill(rows, part.compiler, cursor.fetchall())
            return
        values = [value for _one, part in asked for value in part.values]
        cursor.execute(f"SELECT {', '.join(part.subselect for _one, part in asked)}", values)
        found = cursor.fetchone()
    for (one, part), value in zip(asked, found, strict=True):
        _answer(one, part.compiler, value)


def _planned_once() -> Any:
    """A cursor that sends the values apart from the statement, so that Postgres plans one that is asked again only once."""
    connection.ensure_connection()
    return connection._prepare_cursor(ServerBindingCursor(connection.connection))  # type: ignore[attr-defined,call-arg]


def _is_answered(one: Question) -> bool:
    return (one._answer if isinstance(one, Figure) else one._result_cache) is not None


def part_of(one: Question) -> Part:
    """Put a question into SQL."""
    try:
        return _figure_part(one) if isinstance(one, Figure) else _rows_part(one)
    except EmptyResultSet:
        return NOTHING


def _figure_part(one: Figure) -> Part:
    compiler = one.rows.query.get_compiler(one.rows.db)
    sql, params = compiler.as_sql(with_col_aliases=True)
    name = connection.ops.quote_name(compiler.select[0][2])
    return Part(None, sql, f"(SELECT {one.function}(q.{name}) FROM ({sql}) q)", params)


def _rows_part(rows: QuerySet) -> Part:
    """Each row as an array of the texts that Postgres would have sent for its columns."""
    compiler: Any = rows.query.get_compiler(rows.db)
    sql, params = compiler.as_sql(with_col_aliases=True)
    compiler.kinds = [_kind(expression) for expression, _sql, _alias in compiler.select]
    names = [connection.ops.quote_name(alias) for _expression, _sql, alias in compiler.select]
    texts = ", ".join(f"q.{name}::text" for name in names)
    return Part(compiler, sql, f"(SELECT json_agg(ARRAY[{texts}]) FROM ({sql}) q)", params)


def _answer(one: Any, compiler: Any, value: Any) -> None:
    if isinstance(one, Figure):
        one._answer = (value if value is not None or one.function == "avg" else 0,)
        return
    if compiler is None:
        one._result_cache = []
        return
    transformer = Transformer(connection.connection)
    loaders = [_loader(kind, transformer) for kind in compiler.kinds]
    result = [
        tuple(None if text is None else load(text) for load, text in zip(loaders, row, strict=True))
        for row in value or []
    ]
    _fill(one, compiler, result)


def _fill(rows: Any, compiler: Any, result: list[tuple[Any, ...]]) -> None:
    """From here on it is a queryset like any other, whose statement has already been executed."""
    compiler = copy(compiler)  # it may be remembered, and asked in another thread
    compiler.execute_sql = lambda *args, **kwargs: [result]
    query = rows._query
    rows._query = _Executed(compiler)
    try:
        rows._fetch_all()
    finally:
        rows._query = query


class _Executed:
    """What a queryset's iterator asks of its query: the compiler, here with the rows that it found."""

    def __init__(self, compiler: Any) -> None:
        self._compiler = compiler

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._compiler.query, name)


def _kind(expression: Expression) -> str:
    declared = expression.output_field.db_type(connection) or "text"
    return declared.partition("(")[0].strip() + ("[]" if declared.endswith(")[]") else "")


def _loader(kind: str, transformer: Any) -> Loader:
    """What psycopg does with the text of a type, as this connection (its time zone) has it."""
    if kind in ("text", "varchar", "char"):
        return _same
    if kind in ("bool", "boolean"):
        return "true".__eq__  # the cast says true and false, not t and f
    oid = connection.connection.adapters.types.get_oid(kind)
    load = transformer.get_loader(oid, Format.TEXT).load
    return lambda text: load(text.encode())


def _same(text: str) -> str:
    return text
