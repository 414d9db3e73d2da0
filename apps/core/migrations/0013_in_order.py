from pathlib import Path

from django.db import migrations

ORDER = (Path(__file__).resolve().parent.parent / "sql" / "order.sql").read_text()


class Migration(migrations.Migration):
    """Numbers of records sort as numbers, also beyond 9999."""

    dependencies = [("core", "0012_digits_at_home")]

    operations = [migrations.RunSQL(ORDER, "DROP FUNCTION wt_in_order(text)")]
