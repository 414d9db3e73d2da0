from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "truncate.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("core", "0004_words")]

    operations = [migrations.RunSQL(SQL, "DROP FUNCTION wt_refuse_truncate() CASCADE")]
