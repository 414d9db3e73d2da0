from django.db import migrations

from apps.core.search import search_words_sql

UNDO = 'ALTER TABLE "quotes_quote" DROP COLUMN search_words'


class Migration(migrations.Migration):
    """The words to search by are stored: made of the text of each row that was looked at, they took most of a search."""

    dependencies = [("core", "0010_audit_secrets"), ("quotes", "0012_customer_withdraws")]

    operations = [
        migrations.RemoveIndex("quote", "quote_search"),
        migrations.RunSQL(search_words_sql("quotes_quote", "search_text", "quote_search"), UNDO),
    ]
