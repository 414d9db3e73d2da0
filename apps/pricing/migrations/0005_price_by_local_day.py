from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "prices.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("pricing", "0004_loss_limit")]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
