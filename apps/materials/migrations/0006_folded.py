from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).resolve().parent.parent / "sql" / "folded.sql").read_text()
ADD = (
    'ALTER TABLE "materials_material" ADD COLUMN search_folded text'
    " GENERATED ALWAYS AS (wt_folded(name || ' ' || code || ' ' || barcode)) STORED"
)


class Migration(migrations.Migration):
    """The text of a material to search in the middle of words: `kraan` finds a thermostaatkraan."""

    dependencies = [("materials", "0005_stored_words")]

    operations = [
        migrations.RunSQL(SQL, "DROP FUNCTION wt_folded(text)"),
        migrations.RunSQL(ADD, 'ALTER TABLE "materials_material" DROP COLUMN search_folded'),
    ]
