from django.db import migrations

from apps.core.search import search_words_sql

UNDO = 'ALTER TABLE "leaks_leak" DROP COLUMN search_words'


class Migration(migrations.Migration):
    """The words to search by are stored: made of the text of each row that was looked at, they took most of a search."""

    dependencies = [("core", "0010_audit_secrets"), ("leaks", "0006_accepted_gross")]

    operations = [
        migrations.RemoveIndex("leak", "leak_search"),
        migrations.RunSQL(search_words_sql("leaks_leak", "subject_label", "leak_search"), UNDO),
    ]
