from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "entries.sql"
# Those that were cancelled before are counted anew by the worker.
CANCELLED = (
    "INSERT INTO finance_mark (work_order) SELECT id FROM workorders_workorder WHERE status = 'cancelled'"
)


class Migration(migrations.Migration):
    """What was spent on a job that was cancelled costs from the day of that."""

    dependencies = [("finance", "0001_initial")]

    operations = [
        migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop),
        migrations.RunSQL(CANCELLED, migrations.RunSQL.noop),
    ]
