"""One writer per technician at a time."""

from collections.abc import Iterable

from django.db import connection

# The first half of the advisory lock's key: "the plan of technician n".
PLAN = 7


def technicians_lock(technician_ids: Iterable[int]) -> None:
    """Wait until nobody else writes these technicians' plans; held until the transaction ends.

    Always in the order of their ids, so that two planners who swap bookings never wait for each other.
    """
    with connection.cursor() as cursor:
        for technician_id in sorted(set(technician_ids)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [PLAN, technician_id])
