from pathlib import Path

from django.db import migrations

SEARCHED = (Path(__file__).resolve().parent.parent / "sql" / "searched.sql").read_text()


class Migration(migrations.Migration):
    """Sites and contacts that come together make the words of their customer once, not once for each."""

    dependencies = [("customers", "0010_countries")]

    operations = [migrations.RunSQL(SEARCHED, migrations.RunSQL.noop)]
