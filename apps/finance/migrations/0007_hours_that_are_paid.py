from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
ENTRIES, SUMS = ((SQL / f"{name}.sql").read_text(encoding="utf-8") for name in ("entries", "sums"))
# What they count otherwise is counted anew by the worker.
ANEW = """
INSERT INTO finance_mark (work_order) SELECT DISTINCT work_order_id FROM finance_entry WHERE work_order_id IS NOT NULL;
INSERT INTO finance_mark (invoice) SELECT DISTINCT invoice_id FROM finance_entry WHERE invoice_id IS NOT NULL;
"""


class Migration(migrations.Migration):
    """A proposed end of work counts, parts are shared out as revenue is, and a refund settles no invoice."""

    dependencies = [
        ("finance", "0006_customers_merged"),
        ("field", "0006_time_proposal"),
        ("invoicing", "0020_typed_vat_code"),
    ]

    operations = [
        migrations.RunSQL(ENTRIES, migrations.RunSQL.noop),
        migrations.RunSQL(SUMS, migrations.RunSQL.noop),
        migrations.RunSQL(ANEW, migrations.RunSQL.noop),
    ]
