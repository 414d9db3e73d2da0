from pathlib import Path

from django.db import migrations

from apps.core.search import searched_sql

SEARCHED = (Path(__file__).resolve().parent.parent / "sql" / "searched.sql").read_text()


class Migration(migrations.Migration):
    """What a record is found by is derived by the database, from whatever it is made of, and follows it."""

    dependencies = [
        ("core", "0011_words_and_their_ends"),
        ("materials", "0006_folded"),
    ]

    operations = [
        migrations.RunSQL(
            'ALTER TABLE "materials_material" DROP COLUMN search_folded; DROP FUNCTION wt_folded(text)',
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(searched_sql("materials_material", SEARCHED), migrations.RunSQL.noop),
    ]
