from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "calendar_ends.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_by_name"),
        ("technicians", "0013_calendar_feed"),
    ]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
