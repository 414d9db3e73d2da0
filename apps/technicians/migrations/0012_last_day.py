from pathlib import Path

from django.db import migrations, models

WORKS = (Path(__file__).resolve().parent.parent / "sql" / "works.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("technicians", "0011_absence_requests")]

    operations = [
        migrations.AddField(
            "technician",
            "last_day",
            models.DateField(blank=True, null=True, verbose_name="last day"),
        ),
        migrations.RunSQL(WORKS, migrations.RunSQL.noop),
    ]
