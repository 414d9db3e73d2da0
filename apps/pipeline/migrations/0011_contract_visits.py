from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    """What was agreed for the visit of a contract stands with its job."""

    dependencies = [("pipeline", "0010_deposits"), ("review", "0017_contract_visits"), ("maintenance", "0002_agreed")]

    operations = [
        migrations.RunSQL((SQL / "rows.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunSQL((SQL / "standing.sql").read_text(), migrations.RunSQL.noop),
    ]
