"""What never changes cannot be emptied either: not by a role of the application, not by the owner in passing."""

from contextlib import nullcontext

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from apps.acceptance.management.commands.demo import everything_remove
from apps.core.database import OFFICE, PUBLIC, ROLES, TECHNICIAN, as_role
from apps.customers.models import Customer
from config.database_roles import FROZEN
from tests.builders import CustomerFactory
from tests.conftest import Cast

TABLES = sorted(apps.get_model(label)._meta.db_table for label in FROZEN)
ROW_GUARDS = ("append_only", "frozen", "settled_billable_is_history")


def attempt(statement: str, role: str | None = None, *, rebuild: str | None = "") -> str:
    """What the database says to the statement in the role (None: the owner); empty when it does it. Undone at once.

    `rebuild` is what `app.rebuild` says; the tests' own database says its name.
    """
    try:
        with transaction.atomic(), as_role(role) if role else nullcontext(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else what the test itself wrote still waits
            if rebuild is not None:
                cursor.execute("SELECT set_config('app.rebuild', %s, true)", [rebuild])
            cursor.execute(statement)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("table", TABLES)
def test_no_role_empties_a_frozen_table(cast: Cast, table: str) -> None:
    statement = f"TRUNCATE {table} CASCADE"
    for rebuild in ("", None):
        for role in ROLES:
            assert "permission denied" in attempt(statement, role, rebuild=rebuild)
    for rebuild in ("", "1", "postgres"):
        assert "is refused: what stands in it never changes" in attempt(statement, rebuild=rebuild)


@pytest.mark.parametrize("role", [OFFICE, TECHNICIAN, PUBLIC])
def test_the_setting_helps_nobody_but_the_owner(cast: Cast, role: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"GRANT TRUNCATE ON core_auditevent TO {role}")
        assert "is refused" in attempt("TRUNCATE core_auditevent", role, rebuild=None)
        transaction.set_rollback(True)


def test_the_owner_who_names_the_database_empties_it(cast: Cast) -> None:
    assert attempt("TRUNCATE core_auditevent", rebuild=None) == ""
    assert attempt("TRUNCATE core_auditevent", rebuild=connection.settings_dict["NAME"]) == ""


def test_it_is_refused_by_way_of_another_table_too(cast: Cast) -> None:
    assert "is refused" in attempt("TRUNCATE customers_customer CASCADE")


def test_the_demo_is_built_anew_where_nobody_empties_in_passing(cast: Cast) -> None:
    CustomerFactory()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SELECT set_config('app.rebuild', '', true)")
        everything_remove(cursor)
        assert not Customer.objects.exists()
        transaction.set_rollback(True)
    assert Customer.objects.exists()


def test_every_table_that_guards_its_rows_is_named(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname = ANY(%s)",
            [list(ROW_GUARDS)],
        )
        assert sorted(table for (table,) in cursor.fetchall()) == sorted(set(TABLES) - {"core_counter"})
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'no_truncate'")
        assert sorted(table for (table,) in cursor.fetchall()) == TABLES
