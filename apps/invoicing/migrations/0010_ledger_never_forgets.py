from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"
UNDO = """
DROP VIEW IF EXISTS invoicing_ledger;
DROP TRIGGER IF EXISTS claimed_added ON invoicing_invoiceline;
DROP TRIGGER IF EXISTS claimed_removed ON invoicing_invoiceline;
DROP FUNCTION IF EXISTS wt_billable_claimed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0009_money_set_off"),
        ("review", "0005_ledger_from_the_first_minute"),
    ]

    operations = [
        migrations.RunSQL((SQL / "claims.sql").read_text(), UNDO),
        migrations.RunSQL((SQL / "ledger.sql").read_text(), migrations.RunSQL.noop),
    ]
