"""Nobody asks the clock but core.clock: an operation has one moment, and the demo can live in the past."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The present moment as Python, Django and SQL know it.
ATTRIBUTES = {
    ("timezone", "now"), ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time"),
    ("time", "time_ns"),
}  # fmt: skip
OF_NOW_WITHOUT_ARGUMENTS = {"localdate", "localtime"}
NAMES = {"Now", "TransactionNow"}
KEYWORDS = {"auto_now", "auto_now_add"}
SQL = re.compile(
    r"\b(current_(date|time|timestamp)|localtime(stamp)?|(now|clock_timestamp|(statement|transaction)_timestamp|timeofday)\s*\(\s*\))",
    re.IGNORECASE,
)
ALLOWED = {
    # When a session ends is told by the clock on the wall, as Django does.
    ("apps/accounts/sql/pushes_end.sql", "statement_timestamp()"),
    ("apps/core/clock.py", "timezone.now"),  # the one place
    ("apps/accounts/sessions.py", "timezone.now"),  # as Django, which writes when a session ends
    # Once, when the hashes moved to a table of their own.
    ("apps/accounts/migrations/0005_secrets_apart.py", "now()"),
    ("apps/core/sql/audit_secrets.sql", "clock_timestamp()"),  # as mechanisms.sql, which it replaces
    ("apps/core/health.py", "now()"),  # how long ago the database wrote a sign of life, by its own clock
    (
        "apps/core/sql/mechanisms.sql",
        "clock_timestamp()",
    ),  # when a row was written, whatever the writer believes
    ("apps/core/sql/versions.sql", "clock_timestamp()"),  # the same
}


def asked_in_python(text: str) -> Iterator[str]:
    tree = ast.parse(text)
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if (owner, name) in ATTRIBUTES:
                yield f"{owner}.{name}"
            case ast.Attribute(value=ast.Attribute(attr=owner), attr=name) if (owner, name) in ATTRIBUTES:
                yield f"{owner}.{name}"
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=[], keywords=[]) if (
                name in OF_NOW_WITHOUT_ARGUMENTS
            ):
                yield f"{name}()"
            case ast.Name(id=name) if name in NAMES:
                yield name
            case ast.keyword(arg=name) if name in KEYWORDS:
                yield name
            case ast.Constant(value=str(text)) if id(node) not in documentation:
                yield from asked_in_sql(text)


def asked_in_sql(text: str) -> Iterator[str]:
    for found in SQL.finditer(re.sub(r"--.*", "", text)):
        yield found[0].lower()


def asked_in_template(text: str) -> Iterator[str]:
    for found in re.finditer(r"{%\s*now\b.*?%}", text):
        yield found[0]


def asked() -> Iterator[tuple[str, str]]:
    """(file, how) of every place where the present moment is asked for."""
    readers = {
        ".py": asked_in_python,
        ".sql": asked_in_sql,
        ".html": asked_in_template,
        ".txt": asked_in_template,
    }
    for folder in ("apps", "templates"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in readers:
                for how in readers[path.suffix](path.read_text(encoding="utf-8")):
                    yield str(path.relative_to(ROOT)), how


def test_nobody_asks_the_clock_but_the_clock() -> None:
    assert set(asked()) == ALLOWED


@pytest.mark.parametrize(
    "text",
    [
        "timezone.now()", "django.utils.timezone.now", "datetime.now(UTC)", "date.today()", "timezone.localdate()", "time.time()",
        "cursor.execute('SELECT CURRENT_DATE')", "RawSQL('now() - interval %s')", "f(created_at__lt=Now())",
        "DateTimeField(auto_now_add=True)",
    ],
)  # fmt: skip
def test_the_search_finds_what_it_looks_for(text: str) -> None:
    assert list(asked_in_python(text))


def test_the_search_leaves_alone_what_is_given_a_moment() -> None:
    text = '"""At now() it ends."""\nclock.now()\ntimezone.localdate(moment)\ntime.monotonic()'
    assert list(asked_in_python(text)) == []
