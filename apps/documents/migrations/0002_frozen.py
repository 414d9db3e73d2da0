from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "frozen.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial"), ("core", "0002_mechanisms")]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
