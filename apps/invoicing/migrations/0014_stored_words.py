from pathlib import Path

from django.db import migrations

from apps.core.search import search_words_sql

FROZEN = Path(__file__).parent.parent / "sql" / "frozen.sql"

UNDO = 'ALTER TABLE "invoicing_invoice" DROP COLUMN search_words'


class Migration(migrations.Migration):
    """The words to search by are stored: made of the text of each row that was looked at, they took most of a search."""

    dependencies = [("core", "0010_audit_secrets"), ("invoicing", "0013_rebills")]

    operations = [
        migrations.RunSQL(FROZEN.read_text(), migrations.RunSQL.noop),
        migrations.RemoveIndex("invoice", "invoice_search"),
        migrations.RunSQL(search_words_sql("invoicing_invoice", "search_text", "invoice_search"), UNDO),
    ]
