"""Setting the limits, and putting the sums of the ledger right."""

from decimal import Decimal

from django.db import connection, transaction

from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.refusals import Forbidden
from apps.core.versions import version_lock
from apps.pipeline.figures import catch_up
from apps.pipeline.models import LedgerSums, Limits
from apps.review.models import Billable

# Of the rows and sums that triggers keep: `sql/standing.sql`, `sql/ledger.sql`.
LOCK = 727_011


def limits_set(*, days: dict[str, Decimal | None], by: Actor, version: int | None = None) -> Limits:
    """Say how many days money may stand in each stage; None: for as long as it likes. Raises Forbidden, Stale."""
    if not by.may("manage_company"):
        raise Forbidden()
    with transaction.atomic():
        version_lock(Limits(pk=1), version)
        kept = {name: None if value is None else str(value) for name, value in days.items()}
        found, _created = Limits.objects.update_or_create(pk=1, defaults={"days": kept})
        audit_record(found, verb="limits.change", by=by)
    return found


def ledger_recount() -> None:
    """Add the ledger up from its lines: for what was loaded past the triggers, or what the checks find. As the owner.

    Whoever writes lines is waited for first, for as they commit they take the lock of the sums themselves.
    """
    names = [str(one.column) for one in LedgerSums._meta.local_concrete_fields if not one.primary_key]
    sums = ", ".join(names)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {Billable._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
        catch_up()
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(
            f"""
            INSERT INTO pipeline_ledgersums (id, {sums}) SELECT 1, {sums} FROM wt_pipeline_lines()
                ON CONFLICT (id) DO UPDATE SET {", ".join(f"{one} = excluded.{one}" for one in names)}
            """
        )
