from pathlib import Path

from django.db import migrations

WORDS = (Path(__file__).resolve().parent.parent / "sql" / "words.sql").read_text()


class Migration(migrations.Migration):
    """A telephone number that is kept with its country is found as it is dialled at home as well."""

    dependencies = [("core", "0011_words_and_their_ends")]

    operations = [migrations.RunSQL(WORDS, migrations.RunSQL.noop)]
