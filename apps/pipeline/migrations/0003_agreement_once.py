from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "pipeline.sql"


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0002_standing_invoices")]

    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
