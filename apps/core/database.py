"""The role in which Postgres sees us. The login role can read nothing of value until one is taken."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Final, TypeVar

import psycopg
from django.db import Error, IntegrityError, connection, transaction

TECHNICIAN: Final = "wt_technician"
OFFICE: Final = "wt_office"
PUBLIC: Final = "wt_public"
# Alone reads what lets people in (password hashes, second factors, sessions), and reads nothing of the business.
ACCOUNT: Final = "wt_account"
ROLES: Final = (PUBLIC, TECHNICIAN, OFFICE, ACCOUNT)

Kept = TypeVar("Kept")

_SET = (
    "SELECT set_config('role', %s, true), set_config('app.user_id', %s, true),"
    " set_config('app.request_id', %s, true), wt_home_country()"
)
_HOME: ContextVar[str] = ContextVar("home country", default="")
_READ = (
    "SELECT current_setting('role'), coalesce(current_setting('app.user_id', true), ''),"
    " coalesce(current_setting('app.request_id', true), '')"
)


@contextmanager
def as_role(role: str, *, user_id: int | None = None, request_id: str = "") -> Iterator[None]:
    """Everything inside is one transaction in which Postgres grants only what `role` may.

    Inside another transaction it is a savepoint, and the outer role is restored at its end; who asks, and in which
    request, is then known already.
    """
    if role not in ROLES:
        raise ValueError(f"unknown database role {role!r}")
    nested = connection.in_atomic_block
    before = ("", "", "")
    with transaction.atomic():
        with connection.cursor() as cursor:
            if nested:
                cursor.execute(_READ)
                before = cursor.fetchone()
            who, request = (str(user_id or ""), request_id)
            cursor.execute(_SET, [role, who or before[1], request or before[2]])
            home = _HOME.set(cursor.fetchone()[3])
        try:
            yield
        finally:
            _HOME.reset(home)
        # SET LOCAL outlives RELEASE SAVEPOINT; ROLLBACK TO restores the settings by itself.
        if nested and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(_SET, before)


def home_country() -> str:
    """Where the company is: read with the role, so that no page asks for it; by itself where none was taken."""
    if known := _HOME.get():
        return known
    with connection.cursor() as cursor:
        cursor.execute("SELECT wt_home_country()")
        return cursor.fetchone()[0]


# Classes of SQLSTATE: no connection, no room for one more, an operator's hand (a restart, or a killed neighbour).
_AWAY = ("08", "53300", "57P01", "57P02", "57P03", "57P05")


def database_is_away(error: BaseException | None) -> bool:
    """Whether `error` says that the database was lost or could not be reached, not that it refused something.

    What was under way is undone, unless it had been committed just before: only a try with the same key can tell.
    """
    while error is not None:
        if isinstance(error, psycopg.InterfaceError):
            return True
        if isinstance(error, psycopg.OperationalError):
            # Without a code nobody answered.
            return error.sqlstate is None or error.sqlstate.startswith(_AWAY)
        error = error.__cause__ or error.__context__
    return False


def rule_broken(error: IntegrityError) -> str:
    """The name of the constraint or trigger that refused; empty where the database names none."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""


def database_await(seconds: float = float("inf")) -> bool:
    """Return as soon as this thread has a connection that answers; False when there is none within `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if connection.in_atomic_block:  # whoever is inside will hear of it
                return True
            if connection.connection is not None and not connection.is_usable():
                connection.close()
            connection.ensure_connection()
            connection.health_check_done = True  # type: ignore[attr-defined]
            return True
        except Error as error:
            if not database_is_away(error):
                raise
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.1)


def until_kept(write: Callable[[], Kept]) -> Kept:
    """Do `write`, again and again while the database is away: it tells what has happened already, outside.

    It may be done twice: the database can have kept it and lost the answer.
    """
    while True:
        try:
            return write()
        except Error as error:
            if connection.in_atomic_block or not database_is_away(error):
                raise
        database_await()


@contextmanager
def session_lock(kind: int, key: int) -> Iterator[bool]:
    """Whether nobody else is at `key`; nobody else gets at it inside. Postgres gives it free when we die."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [kind, key % 2**31])
        (ours,) = cursor.fetchone()
    try:
        yield ours
    finally:
        if ours:
            with suppress(Error), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [kind, key % 2**31])
