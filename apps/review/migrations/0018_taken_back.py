from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("review", "0017_contract_visits")]

    operations = [migrations.RunSQL((SQL / "stale.sql").read_text(), migrations.RunSQL.noop)]
