from pathlib import Path

from django.db import migrations

ENTRIES = (Path(__file__).resolve().parent.parent / "sql" / "entries.sql").read_text(encoding="utf-8")
# Those with finer hours are counted anew by the worker.
FINER = """
INSERT INTO finance_mark (work_order)
SELECT DISTINCT work_order_id FROM finance_entry
 WHERE work_order_id IS NOT NULL AND (hours <> round(hours, 2) OR cost_hours <> round(cost_hours, 2) OR spent_hours <> round(spent_hours, 2))
"""


class Migration(migrations.Migration):
    """Hours add up as they are shown: in hundredths."""

    dependencies = [("finance", "0004_quotes_won_and_lost")]

    operations = [
        migrations.RunSQL(ENTRIES, migrations.RunSQL.noop),
        migrations.RunSQL(FINER, migrations.RunSQL.noop),
    ]
