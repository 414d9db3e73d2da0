from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "lines.sql").read_text()
UNDO = """
DROP TRIGGER IF EXISTS invoiced_billable_is_frozen ON review_billable;
DROP FUNCTION IF EXISTS wt_billable_on_invoice();
DROP TRIGGER IF EXISTS only_billables_are_invoiced ON invoicing_invoiceline;
DROP FUNCTION IF EXISTS wt_line_takes_billable();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0002_frozen_and_ledger"),
        ("review", "0003_verdict"),
        ("field", "0001_initial"),
    ]

    operations = [migrations.RunSQL(SQL, UNDO)]
