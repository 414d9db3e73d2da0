from django.db import migrations

from apps.core.search import search_words_sql

TEXT = "code || ' ' || name || ' ' || barcode"

UNDO = 'ALTER TABLE "materials_material" DROP COLUMN search_words'


class Migration(migrations.Migration):
    """The words to search by are stored: made of the text of each row that was looked at, they took most of a search."""

    dependencies = [("core", "0010_audit_secrets"), ("materials", "0004_versions")]

    operations = [
        migrations.RemoveIndex("material", "material_search"),
        migrations.RemoveField("material", "search_text"),
        migrations.RunSQL(search_words_sql("materials_material", TEXT, "material_search"), UNDO),
    ]
