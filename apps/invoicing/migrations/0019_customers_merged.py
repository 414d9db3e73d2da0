from pathlib import Path

from django.db import migrations

FROZEN = (Path(__file__).resolve().parent.parent / "sql" / "frozen.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """An issued invoice goes along when its customer is merged into another one; what is printed on it stays."""

    dependencies = [("core", "0014_merge"), ("customers", "0012_one_customer"), ("invoicing", "0018_in_order")]

    operations = [migrations.RunSQL(FROZEN, migrations.RunSQL.noop)]
