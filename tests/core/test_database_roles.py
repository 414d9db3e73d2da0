"""The database wall: roles are taken and given back; the login itself is blind."""

import psycopg
import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction

from apps.core.database import OFFICE, PUBLIC, ROLES, TECHNICIAN, as_role
from config.database import WEB_LOGIN, web_password
from config.database_roles import database_sync
from tests.conftest import Cast


def current_role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return cursor.fetchone()[0]


def test_a_role_inside_a_role_is_given_back(cast: Cast) -> None:
    with as_role(OFFICE):
        with as_role(TECHNICIAN):
            assert current_role() == TECHNICIAN
        assert current_role() == OFFICE


def test_a_role_is_given_back_after_an_error(cast: Cast) -> None:
    before = current_role()
    with pytest.raises(ZeroDivisionError), as_role(TECHNICIAN):
        raise ZeroDivisionError
    assert current_role() == before


def test_a_role_that_is_not_declared_is_refused(cast: Cast) -> None:
    with pytest.raises(ValueError, match="unknown"), as_role("postgres"):
        pass


@pytest.mark.django_db(transaction=True)
def test_the_web_login_can_read_no_business_table_without_a_role() -> None:
    known = connection.settings_dict
    with psycopg.connect(
        host=known["HOST"], port=known["PORT"] or None, dbname=known["NAME"], user=WEB_LOGIN,
        password=web_password(settings.SECRET_KEY), autocommit=True,
    ) as blind:  # fmt: skip
        for table in ("customers_customer", "quotes_quote", "invoicing_invoice", "core_auditevent"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                blind.execute(f"SELECT count(*) FROM {table}")
        with blind.transaction():
            blind.execute("SELECT set_config('role', %s, true)", [OFFICE])
            assert blind.execute("SELECT count(*) FROM quotes_quote").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            blind.execute("SELECT count(*) FROM quotes_quote")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            blind.execute("SET ROLE postgres")


@pytest.mark.parametrize("role", [TECHNICIAN, PUBLIC])
def test_no_role_but_the_office_can_write_numbers_or_grants(cast: Cast, role: str) -> None:
    for statement in ("UPDATE core_counter SET last = 0", "UPDATE auth_group_permissions SET group_id = 1"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            as_role(role),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_every_declared_role_exists(cast: Cast) -> None:
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(ROLES)])
        assert {name for (name,) in cursor.fetchall()} == set(ROLES)


RIGHTS = """
SELECT 'table', relname, acl::text FROM pg_class, unnest(relacl) acl WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT 'column', attrelid::regclass || '.' || attname, acl::text FROM pg_attribute, unnest(attacl) acl
UNION ALL SELECT 'function', oid::regprocedure::text, acl::text FROM pg_proc, unnest(proacl) acl
 WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'schema', nspname, acl::text FROM pg_namespace, unnest(nspacl) acl WHERE nspname = 'public'
"""
LIKE_A_RESTORE = """
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT oid::regclass AS name, relkind FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'S', 'p')
  LOOP
    EXECUTE format('REVOKE ALL ON %s %s FROM PUBLIC, wt_web, wt_technician, wt_office, wt_public, wt_account',
                   CASE one.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, one.name);
  END LOOP;
  FOR one IN SELECT oid::regprocedure AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', one.name);
  END LOOP;
END $$
"""


@pytest.mark.django_db
def test_a_backup_that_is_restored_without_rights_gets_all_of_them_back() -> None:
    """As `pg_restore --no-acl` and then `migrate`: docs/deployment.md."""

    def rights() -> set[tuple[str, str, str]]:
        with connection.cursor() as cursor:
            cursor.execute(RIGHTS)
            return set(cursor.fetchall())

    def callable_by_all() -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
                " AND has_function_privilege('wt_technician', oid, 'EXECUTE')"
            )
            return {name for (name,) in cursor.fetchall()}

    tables = {one for one in rights() if one[0] != "function"}
    callable_before = callable_by_all()
    with connection.cursor() as cursor:
        cursor.execute(LIKE_A_RESTORE)
    assert callable_by_all() > callable_before
    database_sync()
    assert callable_by_all() == callable_before
    assert {one for one in rights() if one[0] != "function"} == tables


def test_only_the_office_says_where_numbers_go_on(cast: Cast) -> None:
    for role in (TECHNICIAN, PUBLIC):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            as_role(role),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT wt_number_next('invoice', 2026, 500)")
