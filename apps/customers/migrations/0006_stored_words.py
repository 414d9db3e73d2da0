from django.db import migrations

from apps.core.search import search_words_sql

TEXT = "name || ' ' || street || ' ' || house_number || ' ' || postal_code || ' ' || city || ' ' || email || ' ' || phone"

UNDO = 'ALTER TABLE "customers_customer" DROP COLUMN search_words'


class Migration(migrations.Migration):
    """The words to search by are stored: made of the text of each row that was looked at, they took most of a search."""

    dependencies = [("core", "0010_audit_secrets"), ("customers", "0005_versions")]

    operations = [
        migrations.RemoveIndex("customer", "customer_search"),
        migrations.RemoveField("customer", "search_text"),
        migrations.RunSQL(search_words_sql("customers_customer", TEXT, "customer_search"), UNDO),
    ]
