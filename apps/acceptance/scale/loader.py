"""The load itself: one transaction of set-based SQL, with what the tables themselves forbid still forbidden.

Everything is drawn by hashing row numbers, so that the same size gives the same company. Row triggers (the audit of
single rows, frozen documents) are off while it runs; foreign keys, checks, unique and exclusion constraints are not.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from apps.acceptance.fiction import fiction_allow
from apps.acceptance.scale import base, columns
from apps.acceptance.scale.contents import contents_make
from apps.core.numbering import PREFIXES, series_sync
from apps.finance.actions import sums_recount

Report = Callable[[str], None]
_HELPERS = """
CREATE FUNCTION pg_temp.h(n bigint, salt int, m int) RETURNS int LANGUAGE sql IMMUTABLE AS
  $$ SELECT ((hashint8extended(n, salt) & 9223372036854775807) % m)::int $$;
CREATE FUNCTION pg_temp.pick(words text[], n bigint, salt int) RETURNS text LANGUAGE sql IMMUTABLE AS
  $$ SELECT words[1 + ((hashint8extended(n, salt) & 9223372036854775807) % cardinality(words))::int] $$;
CREATE FUNCTION pg_temp.uuid(n bigint, salt int) RETURNS uuid LANGUAGE sql STABLE AS
  $$ SELECT md5((SELECT fresh FROM scale_p) || salt || ':' || n)::uuid $$;
CREATE FUNCTION pg_temp.iso(t timestamptz) RETURNS text LANGUAGE sql STABLE AS
  $$ SELECT to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"') $$;
CREATE FUNCTION pg_temp.base(wanted text) RETURNS bigint LANGUAGE sql STABLE AS
  $$ SELECT base FROM scale_base WHERE name = wanted $$;
-- The k-th number of a series in a year, after those that were given before.
CREATE FUNCTION pg_temp.number(wanted text, at timestamptz, k bigint) RETURNS text LANGUAGE sql STABLE AS
  $$ SELECT s.prefix || lpad((extract(year FROM at AT TIME ZONE 'Europe/Amsterdam')::int % 100)::text, 2, '0') || '-'
       || lpad((s.last + k)::text, greatest(4, length((s.last + k)::text)), '0')
     FROM scale_series s WHERE s.name = wanted AND s.year = extract(year FROM at AT TIME ZONE 'Europe/Amsterdam')::int $$;
-- apps.core.tokens in SQL: HMAC-SHA256 of the nonce, and the hash of its text.
CREATE FUNCTION pg_temp.token_hash(purpose text, nonce uuid) RETURNS text LANGUAGE sql STABLE AS
  $$ SELECT encode(sha256(convert_to(rtrim(translate(encode(sha256(p.outer_pad || sha256(p.inner_pad
       || convert_to('link:' || purpose || ':' || nonce, 'UTF8'))), 'base64'), '+/', '-_'), '='), 'UTF8')), 'hex')
     FROM scale_p p $$;
"""
_TYPES = {bool: "boolean", int: "bigint", str: "text", float: "double precision", bytes: "bytea"}
_JSON = {"seller", "unit_words"}
_NUMERIC = {
    "high_rate", "low_rate", "rate_normal", "labour_cost", "rate_travel", "rate_call_out",
}  # fmt: skip


def scale_load(orders: int, *, report: Report = lambda _line: None) -> None:
    """Add a company's history of `orders` work orders to this installation, whole or not at all.

    Raises RealCompany where the company is no demo, and NoBase when it lacks what the load draws from, or a table has
    a column that it does not know.
    """
    fiction_allow()
    texts = [path.read_text(encoding="utf-8") for path in columns.sql_files()]
    if unknown := columns.faults(texts):
        raise base.NoBase("\n".join(unknown))
    size = base.Size(orders)
    start = base.history_start(size)
    with transaction.atomic():
        for email, password in base.company_ensure(start).items():
            report(f"{email}: {password}")
        series_sync()
        technicians = base.technicians_ensure(size.technicians, start)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with _row_triggers_off(), _work_memory():
            _stage(size, base.parameters(size, start), technicians, texts)
            for path in columns.sql_files():
                began = time.monotonic()
                if path.name == "50_acceptances.sql":
                    contents_make()
                _run(path)
                report(f"{path.stem[3:].replace('_', ' '):14}{time.monotonic() - began:7.1f} s")
            _check_count(size)
            _finish(texts)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # as an outer transaction had them
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    began = time.monotonic()
    sums_recount()
    report(f"{'finance':14}{time.monotonic() - began:7.1f} s")


@contextmanager
def _row_triggers_off() -> Iterator[None]:
    """For the length of this transaction: when it fails, Postgres takes the switch back with everything else."""
    tables = [model._meta.db_table for model in apps.get_models() if model._meta.managed and _is_ours(model)]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        yield
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


def _is_ours(model: type[Any]) -> bool:
    return model.__module__.startswith("apps.")


@contextmanager
def _work_memory() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL work_mem = '128MB'; SET LOCAL maintenance_work_mem = '256MB'; SET LOCAL jit = off"
        )
    yield


def _run(path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(path.read_text(encoding="utf-8"))


def _stage(size: base.Size, values: dict[str, Any], technicians: list[Any], texts: list[str]) -> None:
    """The helpers, and everything that is drawn from, as temporary tables."""
    works = base.works_of(technicians)
    inner, outer = _pads(settings.SECRET_KEY.encode())
    values |= {"works": len(works.works), "inner_pad": inner, "outer_pad": outer}
    with connection.cursor() as cursor:
        _drop(cursor)
        cursor.execute("CREATE TEMP TABLE scale_base (name text PRIMARY KEY, base bigint)")
        for table in sorted({table for table, _columns in columns.inserts(texts)}):
            cursor.execute(
                "INSERT INTO scale_base SELECT %s, COALESCE(max(id), 0) FROM " + f'"{table}"', [table]
            )
        # Links must not repeat those of an earlier load.
        values["fresh"] = f"{settings.SECRET_KEY[:8]}{_base(cursor)}"
        names = ", ".join(f"{name} {_type(name, value)}" for name, value in values.items())
        cursor.execute(f"CREATE TEMP TABLE scale_p ({names})")
        marks = ", ".join(["%s"] * len(values))
        cursor.execute(f"INSERT INTO scale_p VALUES ({marks})", list(values.values()))
        cursor.execute(
            "CREATE TEMP TABLE scale_series AS SELECT s.name::text, s.prefix, y AS year, COALESCE(c.last, 0) AS last"
            " FROM core_series s CROSS JOIN generate_series(2000, 2100) y"
            " LEFT JOIN core_counter c ON c.series = s.name AND c.year = y"
        )
        cursor.execute("ALTER TABLE scale_series ADD PRIMARY KEY (name, year)")
        cursor.execute(_HELPERS)
        cursor.execute(
            "CREATE TEMP TABLE scale_technician (technician_id bigint, user_id bigint, name text, cost numeric, weekdays int[])"
        )
        cursor.executemany(
            "INSERT INTO scale_technician VALUES (%s, %s, %s, %s, %s)", base.technician_rows(technicians)
        )
        cursor.execute(
            "CREATE TEMP TABLE scale_work (w int PRIMARY KEY, type_id bigint, title text, asked text, scope text,"
            " done_text text, least_hours numeric, most_hours numeric, job_form_version_id bigint, project boolean)"
        )
        cursor.executemany(f"INSERT INTO scale_work VALUES ({', '.join(['%s'] * 10)})", works.works)
        cursor.execute(
            "CREATE TEMP TABLE scale_part (w int, place int, material_id bigint, name text, unit text, least numeric,"
            " most numeric, price numeric, cost numeric, source text)"
        )
        cursor.executemany(f"INSERT INTO scale_part VALUES ({', '.join(['%s'] * 10)})", works.parts)
        cursor.execute("CREATE TEMP TABLE scale_choice (technician_id bigint, project boolean, works int[])")
        cursor.executemany("INSERT INTO scale_choice VALUES (%s, %s, %s)", works.choices)


def _base(cursor: Any) -> int:
    cursor.execute("SELECT sum(base) FROM scale_base")
    return int(cursor.fetchone()[0])


def _type(name: str, value: Any) -> str:
    if name in _JSON:
        return "jsonb"
    if name in _NUMERIC:
        return "numeric"
    if name == "vat_low":
        return "bigint"
    if name == "today":
        return "date"
    if name in ("now_at", "first_moment"):
        return "timestamptz"
    if isinstance(value, list):
        return _type("", value[0]) + "[]"
    if name in (
        "orders",
        "customers",
        "to_plan",
        "offers",
        "open_requests",
        "days_back",
        "step",
        "term_days",
        "works",
    ):
        return "int"
    return _TYPES.get(type(value), "text")


def _pads(key: bytes) -> tuple[bytes, bytes]:
    """The two keys of HMAC-SHA256 (RFC 2104)."""
    key = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    return bytes(byte ^ 0x36 for byte in key), bytes(byte ^ 0x5C for byte in key)


def _check_count(size: base.Size) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM scale_job")
        (made,) = cursor.fetchone()
    if made != size.orders:
        raise base.NoBase(
            f"The technicians' calendars had room for {made} of {size.orders} work orders only."
        )


def _finish(texts: list[str]) -> None:
    """Bring the sequences and the number series to where the load came, and clear up."""
    with connection.cursor() as cursor:
        for table in sorted({table for table, _columns in columns.inserts(texts)}):
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), GREATEST((SELECT max(id) FROM "
                + f'"{table}"'
                "), 1)) WHERE pg_get_serial_sequence(%s, 'id') IS NOT NULL",
                [table, table],
            )
        for series, table in (
            ("request", "scale_request"), ("quote", "scale_quote"), ("work_order", "scale_job"), ("invoice", "scale_invoice"),
        ):  # fmt: skip
            assert series in PREFIXES
            cursor.execute(
                "INSERT INTO core_counter (series, year, last, given)"
                " SELECT %s, year, number, number FROM (SELECT 2000 + substring(number FROM '([0-9]{2})-')::int AS year,"
                f" max(substring(number FROM '[0-9]+$')::int) AS number FROM {table} WHERE number IS NOT NULL GROUP BY 1) found"
                " ON CONFLICT (series, year) DO UPDATE SET last = GREATEST(core_counter.last, EXCLUDED.last),"
                " given = GREATEST(core_counter.last, EXCLUDED.last)",
                [series],
            )
        _drop(cursor)


def _drop(cursor: Any) -> None:
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relname LIKE 'scale\\_%' AND relkind = 'r'"
    )
    for (table,) in cursor.fetchall():
        cursor.execute(f'DROP TABLE pg_temp."{table}"')
    cursor.execute("SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = pg_my_temp_schema()")
    for (function,) in cursor.fetchall():
        cursor.execute(f"DROP FUNCTION {function}")
