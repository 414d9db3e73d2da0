from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql"
UNDO = """
DROP VIEW IF EXISTS pipeline_row, pipeline_invoice;
DROP TRIGGER IF EXISTS stands ON invoicing_invoice;
DROP TRIGGER IF EXISTS stands ON invoicing_payment;
DROP TRIGGER IF EXISTS stands ON invoicing_invoicefact;
DROP TRIGGER IF EXISTS stands ON bookkeeping_packageline;
DROP FUNCTION IF EXISTS wt_invoice_stands();
"""
# Most billables that may be invoiced are: without knowing that, Postgres expects every job that there ever was to hold money.
STATISTICS = """
CREATE STATISTICS billable_fate_claimed (mcv) ON fate, claimed FROM review_billable;
ANALYZE review_billable (fate, claimed);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("pipeline", "0001_initial"),
        ("quotes", "0010_accepted_without_job"),
    ]

    operations = [
        migrations.CreateModel(
            name="StandingInvoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "invoice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="invoicing.invoice"
                    ),
                ),
            ],
            options={
                "verbose_name": "invoice that is not settled",
                "verbose_name_plural": "invoices that are not settled",
            },
        ),
        migrations.RunSQL((SQL / "invoices.sql").read_text(), UNDO),
        # The view of all rows: 0005.
        migrations.RunSQL(STATISTICS, "DROP STATISTICS IF EXISTS billable_fate_claimed"),
    ]
