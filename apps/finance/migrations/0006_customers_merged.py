from pathlib import Path

from django.db import migrations

SUMS = (Path(__file__).resolve().parent.parent / "sql" / "sums.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """What an issued invoice adds is counted anew when its customer is merged into another one."""

    dependencies = [("finance", "0005_hours_as_shown")]

    operations = [migrations.RunSQL(SUMS, migrations.RunSQL.noop)]
