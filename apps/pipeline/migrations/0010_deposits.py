from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    """A deposit stands in a stage of its own, and its job holds that much less."""

    dependencies = [("pipeline", "0009_standing_rows"), ("review", "0015_deposits"), ("invoicing", "0015_deposits")]

    operations = [
        migrations.RunSQL((SQL / "rows.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunSQL((SQL / "standing.sql").read_text(), migrations.RunSQL.noop),
    ]
