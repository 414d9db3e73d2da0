from pathlib import Path

from django.db import migrations, models

AVAILABLE = (Path(__file__).resolve().parent.parent / "sql" / "available.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("finance", "0002_cancelled_jobs_cost")]

    operations = [
        migrations.AddIndex("daysum", models.Index(fields=["kind", "key", "day"], name="day_sum_of_one")),
        migrations.RunSQL(AVAILABLE, migrations.RunSQL.noop),
    ]
