"""Whether the load still knows the tables: a new column that must be filled is named before anything is written."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

SQL_FOLDER = Path(__file__).parent / "sql"
_INSERT = re.compile(r"INSERT INTO (\w+) \(([^)]*)\)")


def sql_files() -> list[Path]:
    return sorted(SQL_FOLDER.glob("*.sql"))


def inserts(texts: list[str]) -> Iterator[tuple[str, set[str]]]:
    """(table, columns) of every INSERT in the texts."""
    for text in texts:
        for table, columns in _INSERT.findall(text):
            yield table, {column.strip() for column in columns.split(",")}


def faults(texts: list[str]) -> list[str]:
    """What an INSERT in the texts leaves out, or names that is not there (any more), in sentences."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name,"
            " is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'"
            " FROM information_schema.columns WHERE table_schema = current_schema()"
        )
        known: dict[str, dict[str, bool]] = {}
        for table, column, required in cursor.fetchall():
            known.setdefault(table, {})[column] = required
    found = []
    for table, columns in inserts(texts):
        if table not in known:
            found.append(f"There is no table {table}.")
            continue
        found += [f"{table} has no column {column}." for column in sorted(columns - known[table].keys())]
        required = {column for column, must in known[table].items() if must}
        found += [
            f"{table}.{column} must be filled, and the load does not know how."
            for column in sorted(required - columns)
        ]
    return found
