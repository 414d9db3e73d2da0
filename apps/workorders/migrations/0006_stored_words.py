from django.db import migrations

from apps.core.search import search_words_sql

UNDO = 'ALTER TABLE "workorders_workorder" DROP COLUMN search_words'


class Migration(migrations.Migration):
    """The words to search by are stored: made of the text of each row that was looked at, they took most of a search."""

    dependencies = [("core", "0010_audit_secrets"), ("workorders", "0005_versions")]

    operations = [
        migrations.RemoveIndex("workorder", "work_order_search"),
        migrations.RunSQL(search_words_sql("workorders_workorder", "search_text", "work_order_search"), UNDO),
    ]
