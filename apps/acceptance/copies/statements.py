"""The statements that multiply templates by copies, drawn from the columns of each table."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import DateField, DateTimeField, Field, Model

from apps.acceptance.copies import tables
from apps.acceptance.copies.jobs import AHEAD, Row
from apps.acceptance.copies.templates import form_of, has_gap
from apps.core.models import AuditEvent

Rows = dict[type[Model], list[tuple[int, int, datetime | None, Row]]]
# The copies of a batch. What their gaps hold is read for each of their rows: never out of line, nor compressed.
_COPIES = """
    DROP TABLE IF EXISTS pg_temp.copies;
    CREATE TEMP TABLE copies (
      job int, days int, until timestamptz, cut boolean, starts bigint[], others bigint[], told text[]
    ) WITH (toast_tuple_target = 8160) ON COMMIT DROP;
    ALTER TABLE copies ALTER told SET STORAGE MAIN, ALTER starts SET STORAGE MAIN
"""


def prepare(rows: Rows, waiting: Iterable[type[Model]]) -> list[str]:
    """Lay the templates down, and give the statements that write a batch of copies of them."""
    writes = []
    with connection.cursor() as cursor:
        cursor.execute(_COPIES)
        for model in tables.job_models():
            if model in waiting:
                cursor.execute(_waiting_table(model))
            if found := rows.get(model):
                forms = {
                    one.attname for one in tables.columns(model) if any(has_gap(row[3][one.attname]) for row in found)
                }  # fmt: skip
                _template_table(cursor, model, found, forms)
                writes += _writes(model, forms, waits=model in waiting)
    return writes


def batch_write(writes: list[str], copies: Iterable[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE copies")
        with cursor.copy("COPY copies FROM STDIN") as copy:
            for one in copies:
                copy.write_row(one)
        cursor.execute("ANALYZE copies")
        for statement in writes:
            cursor.execute(statement)
        # Here and now, or each row's checks are kept in memory to the end.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def waiting_write(model: type[Model], until: datetime) -> None:
    names = _names(model)
    with connection.cursor() as cursor:
        cursor.execute(
            f'WITH due AS (DELETE FROM "waiting_{model._meta.db_table}" WHERE first <= %s RETURNING *)'
            f' INSERT INTO "{model._meta.db_table}" ({names}) SELECT {names} FROM due ORDER BY first, id',
            [until],
        )


def _waiting_table(model: type[Model]) -> str:
    table = model._meta.db_table
    return (
        f'DROP TABLE IF EXISTS pg_temp."waiting_{table}";'
        f'CREATE TEMP TABLE "waiting_{table}" ON COMMIT DROP AS'
        f' SELECT {_names(model)}, NULL::timestamptz AS first FROM "{table}" WHERE false;'
        f'CREATE INDEX ON "waiting_{table}" (first)'
    )


def _template_table(
    cursor: Any, model: type[Model], rows: list[tuple[int, int, datetime | None, Row]], forms: set[str]
) -> None:
    columns = {"job": "int", "place": "int", "first": "timestamp"}
    columns |= {one.attname: _type(one, forms) for one in tables.columns(model) if not one.primary_key}
    columns |= {f"{pk} of": "int" for _kind, pk in tables.told_of(model)}
    table = _template(model)
    listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    cursor.execute(f"CREATE TEMP TABLE {table} ({listed}) ON COMMIT DROP")
    names = list(columns)[3:]
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for job, place, first, row in rows:
            values = [
                form_of(row[name]) if name in forms and row[name] is not None else row[name] for name in names
            ]
            copy.write_row([job, place, first, *values])
    cursor.execute(f"ANALYZE {table}")


def _type(one: Field, forms: set[str]) -> str:
    if one.attname in forms:
        return "text"
    if isinstance(one, DateTimeField):
        return "timestamp"
    if one.attname in tables.spans(one.model):
        return "tsrange"
    if one.remote_field:
        return "bigint"
    return str(one.db_type(connection))


def _writes(model: type[Model], forms: set[str], *, waits: bool) -> list[str]:
    """One for copies that have come to their end, and one for those that wait for something still."""
    table = f"waiting_{model._meta.db_table}" if waits else model._meta.db_table
    first = _moment("first") if waits else ""
    found = []
    for cut in (False, True):
        values = [_value(one, forms, cut=cut) for one in tables.columns(model)]
        listed = ", ".join([*values, *([first] if first else [])])
        found.append(
            f'INSERT INTO "{table}" ({_names(model)}{", first" if waits else ""}) SELECT {listed}'
            f" FROM copies w JOIN {_template(model)} t USING (job) WHERE {'' if cut else 'NOT '}w.cut"
            + (f" AND (t.first IS NULL OR {_moment('first')} <= w.until)" if cut else "")
        )
    return found


def _value(one: Field, forms: set[str], *, cut: bool) -> str:
    """What a copy has in this column."""
    model, name = one.model, one.attname
    column = f't."{name}"'
    if one.primary_key:
        return f"w.starts[{tables.number_of(model)}] + t.place"
    to = tables.points_at(model).get(name)
    if to in tables.STAND_INS:
        return f"w.others[{column}]"
    if to in tables.job_models():
        return f"w.starts[{tables.number_of(to)}] + {column}"
    if name in {pk for _kind, pk in tables.told_of(model)}:
        return f'coalesce(w.starts[t."{name} of"], 0) + {column}'
    if name in forms:
        return f"format({column}, VARIADIC w.told)::{one.db_type(connection)}"
    if isinstance(one, DateTimeField):
        moment = _moment(name)
        open_ended = cut and one.null and name not in AHEAD
        return f"CASE WHEN {moment} <= w.until THEN {moment} END" if open_ended else moment
    if isinstance(one, DateField):
        return f"{column} + w.days"
    if name in tables.spans(model):
        return f"tstzrange({_moment(name, 'lower')}, {_moment(name, 'upper')})"
    if cut and name == "status" and model in tables.ROOTS:
        return f"coalesce({_status(model)}, {column})"
    return column


def _moment(name: str, of: str = "") -> str:
    """The same time of the day where the company is, so many days later."""
    return f"""({of}(t."{name}") + make_interval(days => w.days)) AT TIME ZONE '{settings.TIME_ZONE}'"""


def _status(model: type[Model]) -> str:
    """Where the last steps are still to come, a record is where its history stands."""
    moment = _moment("at").replace("t.", "e.")
    return (
        f"(SELECT e.after FROM {_template(AuditEvent)} e WHERE e.job = t.job AND e.subject_type = '{model._meta.label_lower}'"
        f" AND e.subject_id = t.place AND e.after <> '' AND {moment} <= w.until ORDER BY e.at DESC, e.place DESC LIMIT 1)"
    )


def _template(model: type[Model]) -> str:
    return f'"template_{model._meta.db_table}"'


def _names(model: type[Model]) -> str:
    return ", ".join(f'"{one.column}"' for one in tables.columns(model))
