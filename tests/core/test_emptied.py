"""After a test that really commits, the database is as empty as Django would leave it."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection

from apps.core.models import Series
from tests import emptied
from tests.builders import CustomerFactory
from tests.conftest import Cast


def stands() -> dict[str, bytes]:
    with connection.cursor() as cursor:
        return {table: emptied.rows(cursor, table) for table in emptied.full(cursor)}


@pytest.fixture
def ground(transactional_db: None) -> dict[str, bytes]:
    """What stands in the database as Django empties it."""
    call_command("flush", interactive=False, verbosity=0)
    emptied.ground_note()
    if not emptied.GROUND:
        pytest.skip(
            "the tests run as somebody who may not leave triggers out: Django empties the database each time"
        )
    return stands()


def test_what_a_test_brought_is_gone_and_what_it_changed_is_back(
    ground: dict[str, bytes], transactional_cast: Cast
) -> None:
    CustomerFactory()
    Group.objects.all()[0].permissions.clear()
    Series.objects.update(prefix="ZZ")
    changed = stands()
    assert {*changed} > {*ground}, "the control: there are rows to take out"
    assert {table for table in ground if changed[table] != ground[table]} > {"core_series"}
    emptied.empty()
    assert stands() == ground


def test_triggers_and_foreign_keys_hold_again_afterwards(ground: dict[str, bytes]) -> None:
    emptied.empty()
    with connection.cursor() as cursor:
        cursor.execute("SHOW session_replication_role")
        assert cursor.fetchone() == ("origin",)
