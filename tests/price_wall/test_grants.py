"""The database's wall: no role but the office's has a right on any table that holds an amount."""

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, models, transaction

from apps.core.database import OFFICE, PUBLIC, TECHNICIAN, as_role
from apps.core.fields import MoneyField
from config.database_roles import MONEY_APPS
from tests.conftest import Cast

MONEY_MODELS = [model for label in sorted(MONEY_APPS) for model in apps.get_app_config(label).get_models()]
HIDDEN = [apps.get_model("core.RowChange"), apps.get_model("core.Counter")]


def count(model: type[models.Model]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
        return cursor.fetchone()[0]


@pytest.mark.parametrize("role", [TECHNICIAN, PUBLIC])
@pytest.mark.parametrize("model", MONEY_MODELS + HIDDEN, ids=lambda model: model._meta.label)
def test_a_table_above_the_line_is_refused(cast: Cast, role: str, model: type[models.Model]) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), as_role(role):
        count(model)


@pytest.mark.parametrize("model", MONEY_MODELS, ids=lambda model: model._meta.label)
def test_the_office_reads_it(cast: Cast, model: type[models.Model]) -> None:
    """The control: the refusals above are about the role, not about the table."""
    with as_role(OFFICE):
        assert count(model) >= 0


def test_every_field_of_money_is_above_the_line() -> None:
    found = {
        model._meta.app_label
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, MoneyField)
    }
    assert found
    assert found <= MONEY_APPS


@pytest.mark.parametrize("role", [TECHNICIAN, PUBLIC])
def test_every_privilege_of_the_role_is_outside_the_money_tables(cast: Cast, role: str) -> None:
    """What Postgres itself says: also column rights, also inherited ones."""
    tables = [model._meta.db_table for model in MONEY_MODELS]
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(
            "SELECT table_name, has_any_column_privilege(%s, quote_ident(table_name), 'SELECT, INSERT, UPDATE')"
            " FROM unnest(%s::text[]) AS table_name",
            [role, tables],
        )
        assert [name for name, allowed in cursor.fetchall() if allowed] == []
