"""After a test that really committed the database is as a new one: what is full is emptied, and the ground is laid again.

Django truncates all 140 tables and makes rights, permissions and series anew, which takes longer than most tests. So that is
done once in each process; after that only the rows go that a test brought, and of the ground only what it changed comes back.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.test import TransactionTestCase

# What stands in each table of an emptied database, as Postgres copies it out; nothing before the first one was emptied.
GROUND: dict[str, bytes] = {}


def emptied_quickly() -> None:
    """Let the tests of this process leave their database by this way."""
    thorough = TransactionTestCase._fixture_teardown

    def leave(self: Any) -> None:
        if GROUND:
            empty()
        else:
            thorough(self)
            ground_note()

    TransactionTestCase._fixture_teardown = leave


def ground_note() -> None:
    """Remember what stands in the database, which Django just emptied; only a superuser may leave the triggers out later."""
    GROUND.clear()
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() == (True,):
            GROUND.update({table: rows(cursor, table) for table in full(cursor)})


def empty() -> None:
    """Take out all rows but those of the ground, without the triggers that would refuse it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in sorted({*full(cursor), *GROUND}):
            if table in GROUND and rows(cursor, table) == GROUND[table]:
                continue
            cursor.execute(f'DELETE FROM "{table}"')
            if table in GROUND:
                with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                    copy.write(GROUND[table])


def full(cursor: CursorWrapper) -> Iterator[str]:
    """The tables of the product that hold anything."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    cursor.execute(" UNION ALL ".join(f"(SELECT '{table}' FROM \"{table}\" LIMIT 1)" for table in tables))
    return (table for (table,) in cursor.fetchall())


def rows(cursor: CursorWrapper, table: str) -> bytes:
    with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(bytes(part) for part in copy)
