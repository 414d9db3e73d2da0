from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "invoices.sql"


class Migration(migrations.Migration):
    """What was agreed stays with a cancelled job that was worked at; what bounced after a refund is to come in."""

    dependencies = [("pipeline", "0003_agreement_once")]

    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
