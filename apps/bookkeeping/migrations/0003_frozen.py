from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "frozen.sql"


class Migration(migrations.Migration):
    dependencies = [("bookkeeping", "0002_initial"), ("core", "0002_mechanisms")]

    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
