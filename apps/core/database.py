"""The role in which Postgres sees us. The login role can read nothing of value until one is taken."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection, transaction

TECHNICIAN: Final = "wt_technician"
OFFICE: Final = "wt_office"
PUBLIC: Final = "wt_public"
ROLES: Final = (PUBLIC, TECHNICIAN, OFFICE)

_SET = (
    "SELECT set_config('role', %s, true), set_config('app.user_id', %s, true),"
    " set_config('app.request_id', %s, true)"
)
_READ = (
    "SELECT current_setting('role'), coalesce(current_setting('app.user_id', true), ''),"
    " coalesce(current_setting('app.request_id', true), '')"
)


@contextmanager
def as_role(role: str, *, user_id: int | None = None, request_id: str = "") -> Iterator[None]:
    """Everything inside is one transaction in which Postgres grants only what `role` may.

    Inside another transaction it is a savepoint, and the outer role is restored at its end.
    """
    if role not in ROLES:
        raise ValueError(f"unknown database role {role!r}")
    nested = connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            if nested:
                cursor.execute(_READ)
                before = cursor.fetchone()
            cursor.execute(_SET, [role, str(user_id or ""), request_id])
        yield
        # SET LOCAL outlives RELEASE SAVEPOINT; ROLLBACK TO restores the settings by itself.
        if nested and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(_SET, before)
