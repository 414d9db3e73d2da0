"""Several questions asked of the database in one statement.

A page asks many small things: what waits, the choices of a filter, notes, mails, history. Each as a statement of its
own costs a round trip. `together(a, b, c)` asks them as subselects of one SELECT and leaves each queryset as if it had
been evaluated by itself: the same objects, the same types, prefetches included. Nothing is kept beyond the querysets.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Expression, QuerySet
from psycopg.adapt import Transformer
from psycopg.pq import Format

Loader = Callable[[str], Any]


class Figure:
    """One number about a queryset's rows, as a question for `together`."""

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


def together(*questions: Question | None) -> None:
    """Ask every question that has no answer yet. None is no question."""
    asked: list[tuple[Question, Any]] = []
    parts: list[str] = []
    params: list[Any] = []
    for one in questions:
        if one is None or _is_answered(one):
            continue
        try:
            reader, sql, given = _figure_part(one) if isinstance(one, Figure) else _rows_part(one)
        except EmptyResultSet:
            _answer(one, None, None)
            continue
        asked.append((one, reader))
        parts.append(sql)
        params.extend(given)
    if not asked:
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        found = cursor.fetchone()
    for (one, reader), value in zip(asked, found, strict=True):
        _answer(one, reader, value)


def _is_answered(one: Question) -> bool:
    return (one._answer if isinstance(one, Figure) else one._result_cache) is not None


def _figure_part(one: Figure) -> tuple[None, str, Sequence[Any]]:
    compiler = one.rows.query.get_compiler(one.rows.db)
    sql, params = compiler.as_sql(with_col_aliases=True)
    name = connection.ops.quote_name(compiler.select[0][2])
    return None, f"(SELECT {one.function}(q.{name}) FROM ({sql}) q)", params


def _rows_part(rows: QuerySet) -> tuple[Any, str, Sequence[Any]]:
    """Each row as an array of the texts that Postgres would have sent for its columns."""
    compiler = rows.query.get_compiler(rows.db)
    sql, params = compiler.as_sql(with_col_aliases=True)
    names = [connection.ops.quote_name(alias) for _expression, _sql, alias in compiler.select]
    texts = ", ".join(f"q.{name}::text" for name in names)
    return compiler, f"(SELECT json_agg(ARRAY[{texts}]) FROM ({sql}) q)", params


def _answer(one: Any, compiler: Any, value: Any) -> None:
    if isinstance(one, Figure):
        one._answer = (value if value is not None or one.function == "avg" else 0,)
        return
    if compiler is None:
        one._result_cache = []
        return
    loaders = [_loader(expression) for expression, _sql, _alias in compiler.select]
    result = [
        tuple(None if text is None else load(text) for load, text in zip(loaders, row, strict=True))
        for row in value or []
    ]
    # From here on it is a queryset like any other, whose statement has already been executed.
    compiler.execute_sql = lambda *args, **kwargs: [result]
    query = one._query
    one._query = _Executed(compiler)
    try:
        one._fetch_all()
    finally:
        one._query = query


class _Executed:
    """What a queryset's iterator asks of its query: the compiler, here with the rows that it found."""

    def __init__(self, compiler: Any) -> None:
        self._compiler = compiler

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._compiler.query, name)


def _loader(expression: Expression) -> Loader:
    """What psycopg does with the text of a column of this type."""
    declared = expression.output_field.db_type(connection) or "text"
    kind = declared.partition("(")[0].strip() + ("[]" if declared.endswith(")[]") else "")
    if kind in ("text", "varchar", "char"):
        return _same
    if kind in ("bool", "boolean"):
        return "true".__eq__  # the cast says true and false, not t and f
    adapters = connection.connection.adapters
    oid = adapters.types.get_oid(kind)
    loader = Transformer(connection.connection).get_loader(oid, Format.TEXT)
    return lambda text: loader.load(text.encode())


def _same(text: str) -> str:
    return text
