from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "audit_secrets.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("core", "0009_number_next")]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
