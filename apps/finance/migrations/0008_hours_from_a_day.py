from pathlib import Path

from django.db import migrations

AVAILABLE = (Path(__file__).resolve().parent.parent / "sql" / "available.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("finance", "0007_hours_that_are_paid"), ("technicians", "0010_works")]

    operations = [migrations.RunSQL(AVAILABLE, migrations.RunSQL.noop)]
