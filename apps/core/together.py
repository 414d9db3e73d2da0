"""Several questions asked of the database in one statement.

A page asks many small things: what waits, the choices of a filter, notes, mails, history. Each as a statement of its
own costs a round trip. `together(a, b, c)` asks them as subselects of one SELECT and leaves each queryset as if it had
been evaluated by itself: the same objects, the same types, prefetches included. No answer is kept beyond the querysets.

What a page asks at every look is put together once: `kept` asks the same at another moment, by the SQL that was made then.
"""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Expression, QuerySet
from django.utils import timezone
from psycopg.adapt import Transformer
from psycopg.pq import Format
from psycopg.types.range import Range

from apps.core import clock

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


class Moment(datetime):
    """The moment for which questions are put together: it, and what is reckoned from it, is another one at every look."""

    @classmethod
    def of(cls, moment: datetime) -> "Moment":
        exact = moment.astimezone(UTC)
        return cls.combine(exact.date(), exact.time(), UTC)


@dataclass(frozen=True)
class _PutTogether:
    """A question with its SQL, never asked itself."""

    question: Question
    part: tuple[Any, str, Sequence[Any]] | None

    def asked_later(self, later: timedelta) -> Any:
        """A question of its own, for `together`, of which the moment is so much later."""
        fresh: Any = self.question.__class__.__new__(self.question.__class__)
        fresh.__dict__ = dict(vars(self.question))
        if self.part is None:
            _answer(fresh, None, None)
        else:
            reader, sql, params = self.part
            fresh.put_together = (copy(reader), sql, [_moved(one, later) for one in params])
        return fresh


def _moved(param: Any, later: timedelta) -> Any:
    if isinstance(param, Moment):
        moved = param + later
        return datetime.combine(moved.date(), moved.time(), moved.tzinfo)
    if isinstance(param, Range) and not param.isempty:
        return type(param)(_moved(param.lower, later), _moved(param.upper, later), param.bounds)
    return param


# What was put together, by its shape. SQL only: no answer is kept.
_kept: dict[Any, tuple[Moment, Any]] = {}
MOST_KEPT = 500


def kept(shape: Any, now: datetime, build: Callable[[Moment], Any]) -> Any:
    """The questions that `build` makes for a moment, in its dictionaries, lists and tuples, to be asked now.

    Their SQL is put together once a day for each `shape`: that names all by which they differ, but the moment. `build` takes its
    moment from what it is given, or from the clock.
    """
    key = (shape, timezone.localdate(now))
    if (known := _kept.get(key)) is None:
        moment = Moment.of(now)
        with clock.at(moment):
            known = (moment, _each(build(moment), lambda one: _PutTogether(one, _part_or_none(one))))
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = known
    moment, made = known
    return _each(made, lambda one: one.asked_later(now - moment))


def shape_of(user: Any) -> tuple[Any, ...]:
    """By what the questions of one user differ from those of another."""
    return (user.pk, user.is_active, user.is_superuser, frozenset(user.abilities))


def _each(made: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(made, dict):
        return {name: _each(one, change) for name, one in made.items()}
    if isinstance(made, (list, tuple)):
        return type(made)(_each(one, change) for one in made)
    return change(made) if isinstance(made, (QuerySet, Figure, _PutTogether)) else made


def together(*questions: Question | None) -> None:
    """Ask every question that has no answer yet. None is no question."""
    asked: list[tuple[Question, Any]] = []
    parts: list[str] = []
    params: list[Any] = []
    for one in questions:
        if one is None or _is_answered(one):
            continue
        try:
            reader, sql, given = getattr(one, "put_together", None) or _part(one)
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


def _part_or_none(one: Question) -> tuple[Any, str, Sequence[Any]] | None:
    try:
        return _part(one)
    except EmptyResultSet:
        return None


def _part(one: Question) -> tuple[Any, str, Sequence[Any]]:
    return _figure_part(one) if isinstance(one, Figure) else _rows_part(one)


def _figure_part(one: Figure) -> tuple[None, str, Sequence[Any]]:
    compiler = one.rows.query.get_compiler(one.rows.db)
    sql, params = compiler.as_sql(with_col_aliases=True)
    name = connection.ops.quote_name(compiler.select[0][2])
    return None, f"(SELECT {one.function}(q.{name}) FROM ({sql}) q)", params


def _rows_part(rows: QuerySet) -> tuple[Any, str, Sequence[Any]]:
    """Each row as an array of the texts that Postgres would have sent for its columns."""
    compiler: Any = rows.query.get_compiler(rows.db)
    sql, params = compiler.as_sql(with_col_aliases=True)
    compiler.kinds = [_kind(expression) for expression, _sql, _alias in compiler.select]
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
    loaders = _loaders_of(compiler)
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


def _loaders_of(compiler: Any) -> list[Loader]:
    """Per column what psycopg does with the text of its type. A compiler knows the types once and for all."""
    known = _loaders.setdefault(connection.connection, {})
    for kind in compiler.kinds:
        if kind not in known:
            known[kind] = _loader(kind)
    return [known[kind] for kind in compiler.kinds]


# By connection, as they know its time zone.
_loaders: WeakKeyDictionary[Any, dict[str, Loader]] = WeakKeyDictionary()


def _kind(expression: Expression) -> str:
    declared = expression.output_field.db_type(connection) or "text"
    return declared.partition("(")[0].strip() + ("[]" if declared.endswith(")[]") else "")


def _loader(kind: str) -> Loader:
    if kind in ("text", "varchar", "char"):
        return _same
    if kind in ("bool", "boolean"):
        return "true".__eq__  # the cast says true and false, not t and f
    oid = connection.connection.adapters.types.get_oid(kind)
    load = Transformer(connection.connection).get_loader(oid, Format.TEXT).load
    return lambda text: load(text.encode())


def _same(text: str) -> str:
    return text
