"""What Postgres does for a page: each of its statements explained where it runs, in the page's own transaction and role."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from apps.acceptance.bench.measure import client_of
from apps.acceptance.bench.pages import Page
from apps.accounts.models import User

ROUNDS = 3
_READS = ("SELECT", "WITH")


@dataclass
class Statement:
    """Milliseconds at best."""

    sql: str
    planning: float
    execution: float
    plan: str


def statements_of(page: Page, user: User, *, rounds: int = ROUNDS) -> list[Statement]:
    """Each reading statement of a page that was opened before, the slowest first."""
    client = client_of(user)
    client.get(page.path)
    best: list[Statement] = []
    with _as_the_web_login():
        for _round in range(rounds):
            explainer = _Explainer()
            with connection.execute_wrapper(explainer):
                client.get(page.path)
            if len(best) != len(explainer.found):
                best = explainer.found
            for known, again in zip(best, explainer.found, strict=True):
                known.planning = min(known.planning, again.planning)
                if again.execution < known.execution:
                    known.execution, known.plan = again.execution, again.plan
    return sorted(best, key=lambda one: -one.execution)


class _Explainer:
    """Has each statement that reads explained before it is executed."""

    def __init__(self) -> None:
        self.found: list[Statement] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.lstrip().startswith(_READS) and "set_config(" not in sql and not many:
            with connection.create_cursor() as own:
                own.execute(f"EXPLAIN (ANALYZE, TIMING, SETTINGS) {sql}", params)
                lines = [str(row[0]) for row in own.fetchall()]
            times = dict(line.rsplit(" ", 1)[0].split(": ") for line in lines[-2:] if " Time: " in line)
            self.found.append(
                Statement(
                    sql,
                    float(times.get("Planning Time", 0)),
                    float(times.get("Execution Time", 0)),
                    "\n".join(lines),
                )
            )
        return execute(sql, params, many, context)


@contextmanager
def _as_the_web_login() -> Iterator[None]:
    """With the settings that Postgres gives whoever logs in as the web does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unnest(setconfig) FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole"
            " WHERE starts_with(r.rolname, 'wt_') AND r.rolcanlogin"
        )
        names = []
        for (setting,) in cursor.fetchall():
            name, _equals, value = setting.partition("=")
            cursor.execute("SELECT set_config(%s, %s, false)", [name, value])
            names.append(name)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for name in names:
                cursor.execute(f"RESET {name}")
