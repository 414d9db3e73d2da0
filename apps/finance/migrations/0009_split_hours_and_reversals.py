from pathlib import Path

from django.db import migrations

ENTRIES = (Path(__file__).resolve().parent.parent / "sql" / "entries.sql").read_text(encoding="utf-8")
# What it counts otherwise is counted anew by the worker.
ANEW = """
INSERT INTO finance_mark (work_order)
SELECT DISTINCT v.work_order_id
  FROM field_timeproposal p JOIN field_timeentry t ON t.id = p.entry_id JOIN field_visit v ON v.id = t.visit_id;
INSERT INTO finance_mark (invoice) SELECT DISTINCT invoice_id FROM invoicing_payment WHERE reverses_id IS NOT NULL;
"""


class Migration(migrations.Migration):
    """A proposed end cuts time that is split at the sold hours once, and what was reversed settles no invoice."""

    dependencies = [("finance", "0008_hours_from_a_day")]

    operations = [
        migrations.RunSQL(ENTRIES, migrations.RunSQL.noop),
        migrations.RunSQL(ANEW, migrations.RunSQL.noop),
    ]
