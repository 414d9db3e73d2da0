from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "agreed_prices.sql").read_text()


class Migration(migrations.Migration):
    """A price was agreed, a quantity estimated: what the accepted lines ask for what is recorded."""

    dependencies = [("quotes", "0010_accepted_without_job")]

    operations = [
        migrations.RunSQL(
            SQL, "DROP FUNCTION IF EXISTS wt_agreed_value(bigint, bigint, text, numeric, numeric)"
        ),
    ]
