from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "in_service.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("planning", "0003_shares"), ("technicians", "0001_initial"), ("accounts", "0001_initial")]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
