from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"
SETTLED = """
    DELETE FROM pipeline_standinginvoice s
     WHERE NOT EXISTS (SELECT 1 FROM pipeline_invoice v WHERE v.record_id = s.invoice_id)
"""


class Migration(migrations.Migration):
    """A credit note holds no euro, a closed job of nothing neither, and a debt is as old as when it began."""

    dependencies = [("pipeline", "0005_agreed_prices"), ("invoicing", "0012_nothing_to_pay")]

    operations = [
        migrations.RunSQL((SQL / "invoices.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunSQL(SETTLED, migrations.RunSQL.noop),
    ]
