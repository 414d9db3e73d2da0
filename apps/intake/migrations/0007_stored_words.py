from django.db import migrations

from apps.core.search import search_words_sql

UNDO = 'ALTER TABLE "intake_request" DROP COLUMN search_words'


class Migration(migrations.Migration):
    """The words to search by are stored: made of the text of each row that was looked at, they took most of a search."""

    dependencies = [("core", "0010_audit_secrets"), ("intake", "0006_versions")]

    operations = [
        migrations.RemoveIndex("request", "request_search"),
        migrations.RunSQL(search_words_sql("intake_request", "search_text", "request_search"), UNDO),
    ]
