from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    """What was agreed stays with a cancelled job that was worked at; what bounced after a refund is to come in."""

    dependencies = [("pipeline", "0003_agreement_once")]

    operations = [
        migrations.RunSQL((SQL / "invoices.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunSQL((SQL / "pipeline.sql").read_text(), migrations.RunSQL.noop),
    ]
