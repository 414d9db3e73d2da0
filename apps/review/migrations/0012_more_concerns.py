from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "concern_view.sql"


class Migration(migrations.Migration):
    """A clock above ten hours, a proposed end of work and an exceeded estimate are judged as well."""

    dependencies = [("review", "0011_agreed_prices")]

    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
