"""Bringing the entries of what changed up to date. The sums of the days follow by trigger."""

from django.conf import settings
from django.db import connection, transaction

from apps.finance.querysets import MEASURES

LOCK = 727_016
BATCH = 10_000
_ENTRY = (
    "work_order_id",
    "invoice_id",
    "quote_id",
    "customer_id",
    "type_id",
    "technician_id",
    "day",
    *MEASURES,
)


def sums_catch_up() -> int:
    """Make the entries of every marked record anew; gives how many records those were. One at a time."""
    counted = 0
    while made := _batch():
        counted += made
    return counted


def sums_recount() -> int:
    """Mark everything there is, and catch up: for what was loaded past the triggers."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO finance_mark (work_order) SELECT id FROM workorders_workorder ORDER BY id"
        )
        cursor.execute("INSERT INTO finance_mark (invoice) SELECT id FROM invoicing_invoice ORDER BY id")
        cursor.execute("INSERT INTO finance_mark (quote) SELECT id FROM quotes_quote ORDER BY id")
    return sums_catch_up()


def _batch() -> int:
    """Take some marks and count what they name. What changes meanwhile leaves a mark of its own."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(
            """
            WITH taken AS (
              -- As one array: right after many marks were made Postgres expects none, and would ask for the first ones per mark.
              DELETE FROM finance_mark WHERE id = ANY (ARRAY(SELECT id FROM finance_mark ORDER BY id LIMIT %s)) RETURNING *
            )
            SELECT array_agg(DISTINCT work_order) FILTER (WHERE work_order IS NOT NULL),
                   array_agg(DISTINCT invoice) FILTER (WHERE invoice IS NOT NULL),
                   array_agg(DISTINCT quote) FILTER (WHERE quote IS NOT NULL)
              FROM taken
            """,
            [BATCH],
        )
        jobs, bills, offers = (found or [] for found in cursor.fetchone())
        if not jobs and not bills and not offers:
            return 0
        cursor.execute(
            "DELETE FROM finance_entry WHERE work_order_id = ANY (%s) OR invoice_id = ANY (%s) OR quote_id = ANY (%s)",
            [jobs, bills, offers],
        )
        cursor.execute(
            f"INSERT INTO finance_entry ({', '.join(_ENTRY)}) SELECT * FROM wt_finance_entries(%s, %s, %s, %s)",
            [jobs, bills, offers, settings.TIME_ZONE],
        )
        return len(jobs) + len(bills) + len(offers)
