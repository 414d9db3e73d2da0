from pathlib import Path

from django.db import migrations

from apps.core.search import searched_sql

SEARCHED = (Path(__file__).resolve().parent.parent / "sql" / "searched.sql").read_text()


class Migration(migrations.Migration):
    """What a record is found by is derived by the database, from whatever it is made of, and follows it."""

    dependencies = [
        ("core", "0011_words_and_their_ends"),
        ("customers", "0008_searched"),
        ("intake", "0007_stored_words"),
    ]

    operations = [
        migrations.RunSQL(searched_sql("intake_request", SEARCHED), migrations.RunSQL.noop),
        migrations.RemoveField("request", "search_text"),
    ]
