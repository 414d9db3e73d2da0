from pathlib import Path

from django.db import migrations

TERMS = Path(__file__).parent.parent / "sql" / "agreed_terms.sql"


class Migration(migrations.Migration):
    """Sold hours and billing of a job that carries out an accepted quote are changed by nobody."""

    dependencies = [("quotes", "0014_links_by_one_door"), ("workorders", "0006_stored_words")]

    operations = [migrations.RunSQL(TERMS.read_text(), migrations.RunSQL.noop)]
