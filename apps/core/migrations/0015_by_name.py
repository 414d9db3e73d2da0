from pathlib import Path

from django.db import migrations

NAMES = (Path(__file__).resolve().parent.parent / "sql" / "names.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """Names sort without regard to case and accents, as people look them up."""

    dependencies = [("core", "0014_merge")]

    operations = [migrations.RunSQL(NAMES, "DROP FUNCTION wt_by_name(text)")]
