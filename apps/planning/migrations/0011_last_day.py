from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "in_service.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("planning", "0010_deferrable_double_booking"), ("technicians", "0012_last_day")]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
