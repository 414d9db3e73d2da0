"""Questions of which the SQL is compiled once, and asked again with the values of the moment.

Django needs longer to put a page's questions into SQL than Postgres to answer them. `compiled(shape, build)` gives the
questions that `build` makes, and remembers their SQL by `shape`, the language and the day. So `shape` must say all else
that they hang on: whose they are, which filters are set. A question that reads the clock or the database while it is
made would be remembered with what it read then, and is refused: `ThisMoment()` stands for the moment in which it is asked, and
`Given("pk")` for a value that comes with it.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BigIntegerField, DateTimeField, Expression, QuerySet
from django.http import Http404
from django.utils.translation import get_language

from apps.core import clock
from apps.core.together import Figure, Late, Part, Question, part_of, together

# Shapes that a process remembers, of some 46 KB each; a page has one to four, for each reader and each state of its filters.
MOST = 800
_remembered: dict[Hashable, Mapping[str, tuple[Question, Part]]] = {}


MOMENT = Late(clock.now)


class ThisMoment(Expression):
    """The moment in which a question is asked."""

    output_field = DateTimeField()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (MOMENT if clock.is_out_of_reach() else clock.now(),)


class Given(Expression):
    """A value that is given each time that the question is asked; `now` is what it is outside a compiled question."""

    def __init__(self, name: str, output_field: Any = None, now: Any = None) -> None:
        super().__init__(output_field=output_field or BigIntegerField())
        self.name = name
        self.now = now

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (_Place(self.name) if clock.is_out_of_reach() else self.now,)


class _Place(NamedTuple):
    name: str


def compiled(shape: Hashable, build: Callable[[], Mapping[str, Question]], **given: Any) -> dict[str, Any]:
    """The questions of `build`, not asked yet, their SQL at hand for `together`, with the values that are `given`."""
    key = (shape, get_language(), clock.today())
    parts = _remembered.get(key)
    if parts is None:
        if len(_remembered) >= MOST:
            _remembered.clear()
        parts = _remembered[key] = _compile(build)
    return {name: _again(question, part, given) for name, (question, part) in parts.items()}


def record_or_404(rows: Callable[[Any], QuerySet], user: Any, pk: int) -> Any:
    """The one of `rows(user)`, which hang on the user alone, that has this key. Raises Http404."""
    shape = ("record or 404", rows, reader_of(user))
    found = compiled(shape, lambda: {"rows": rows(user).filter(pk=Given("pk"))}, pk=pk)["rows"]
    together(found)
    for record in found:
        return record
    raise Http404


def reader_of(user: Any) -> Hashable:
    """All of a user that the rows which they may see hang on."""
    return user.pk, user.is_active, user.is_superuser, frozenset(user.abilities)


def _compile(build: Callable[[], Mapping[str, Question]]) -> dict[str, tuple[Question, Part]]:
    with clock.out_of_reach(), connection.execute_wrapper(_refuse):
        return {name: (question, part_of(question)) for name, question in build().items()}


def _again(question: Any, part: Part, given: Mapping[str, Any]) -> Any:
    fresh = question.again() if isinstance(question, Figure) else question._chain()
    if given:
        values = [given[one.name] if isinstance(one, _Place) else one for one in part.params]
        part = part._replace(params=values)
    fresh.part = part
    return fresh


def _refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    raise RuntimeError(f"a question that is compiled once may not hang on what the database says now: {sql}")
