from pathlib import Path

from django.db import migrations

# As the trigger was then; `sql/in_service.sql` is what it is now.
SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("planning", "0003_shares"), ("technicians", "0001_initial"), ("accounts", "0001_initial")]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
