from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "stale_when_done.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("review", "0007_findings_judge_concerns")]

    operations = [
        migrations.RunSQL(SQL, "DROP TRIGGER IF EXISTS stale_when_done ON workorders_workorder"),
    ]
