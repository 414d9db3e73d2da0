from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "prices.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("pricing", "0002_versions")]

    operations = [migrations.RunSQL(SQL, "DROP FUNCTION IF EXISTS wt_material_price(bigint, timestamptz)")]
