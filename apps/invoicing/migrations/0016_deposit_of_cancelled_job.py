from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "deposits.sql").read_text()
UNDO = "DROP TRIGGER deposit_of_cancelled_job ON invoicing_invoice; DROP FUNCTION wt_deposit_of_cancelled_job()"


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0015_deposits"), ("review", "0001_initial")]

    operations = [migrations.RunSQL(SQL, UNDO)]
