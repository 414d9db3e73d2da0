from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    """What a phone reported and nobody decided about has its place and its euros."""

    dependencies = [("pipeline", "0006_nothing_is_no_debt"), ("field", "0006_time_proposal")]

    operations = [
        migrations.RunSQL((SQL / "rows.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
