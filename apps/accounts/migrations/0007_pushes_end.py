from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "pushes_end.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_approve_hours"),
        ("messaging", "0005_pushes"),
    ]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
