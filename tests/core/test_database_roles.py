"""The database wall: roles are taken and given back; the login itself is blind."""

import psycopg
import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction

from apps.core.database import OFFICE, PUBLIC, ROLES, TECHNICIAN, as_role
from config.database import WEB_LOGIN, web_password
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
