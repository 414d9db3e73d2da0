from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).resolve().parent.parent / "sql" / "words.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("core", "0003_request_id")]

    operations = [migrations.RunSQL(SQL, "DROP FUNCTION wt_words(text)")]
