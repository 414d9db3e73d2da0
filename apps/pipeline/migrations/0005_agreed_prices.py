from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "rows.sql"


class Migration(migrations.Migration):
    """What was recorded and is not priced yet is worth the price that was agreed for it."""

    dependencies = [("pipeline", "0004_worked_and_bounced"), ("quotes", "0011_agreed_prices")]

    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
