"""For migrations: columns of telephone numbers of before, widened and written as `core.telephone` keeps them."""

from typing import Any

from django.db import migrations

from apps.core import telephone
from apps.core.telephone_fields import TelephoneColumn

_TRIGGERS = """
    SELECT tgname, pg_get_triggerdef(oid), tgenabled FROM pg_trigger
    WHERE tgrelid = %s::regclass AND NOT tgisinternal ORDER BY tgname
"""


def kept_of_before(text: str, country: str, home: str) -> str:
    """A number of before; one that no country has stands as it stood: it may have been called all those years."""
    try:
        return telephone.read(text, country, home)
    except telephone.Unreadable:
        return text


def numbers_kept(model: str, table: str, country: str = "NULL", name: str = "phone") -> Any:
    """The operation for one column; `country` is SQL for that of a row's number, ours where it says nothing.

    Postgres widens no column that a trigger watches, and these rewrites are nobody's change: triggers stand aside meanwhile.
    """

    def rewrite(_apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(_TRIGGERS, [table])
            triggers = cursor.fetchall()
            for trigger, _definition, _enabled in triggers:
                cursor.execute(f'DROP TRIGGER "{trigger}" ON "{table}"')
            cursor.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{name}" TYPE varchar(100)')
            cursor.execute(
                "SELECT coalesce((SELECT country FROM company_company WHERE id = 1), %s)", [telephone.HOME]
            )
            home = cursor.fetchone()[0]
            cursor.execute(
                f'SELECT row.id, row."{name}", {country} FROM "{table}" AS row WHERE row."{name}" <> \'\''
            )
            changed = [
                (new, pk) for pk, old, where in cursor.fetchall() if (new := kept_of_before(old, where or home, home)) != old
            ]  # fmt: skip
            cursor.executemany(f'UPDATE "{table}" SET "{name}" = %s WHERE id = %s', changed)
            for trigger, definition, enabled in triggers:
                cursor.execute(definition)
                if enabled != "O":
                    how = {"A": "ENABLE ALWAYS", "D": "DISABLE", "R": "ENABLE REPLICA"}[enabled]
                    cursor.execute(f'ALTER TABLE "{table}" {how} TRIGGER "{trigger}"')

    column = migrations.AlterField(
        model, name, TelephoneColumn(max_length=100, verbose_name="telephone", blank=True)
    )
    return migrations.SeparateDatabaseAndState(
        [migrations.RunPython(rewrite, migrations.RunPython.noop)], [column]
    )
