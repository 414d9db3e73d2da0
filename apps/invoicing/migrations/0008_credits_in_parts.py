from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0006_words_function")]

    operations = [migrations.RunSQL((SQL / "frozen.sql").read_text(), migrations.RunSQL.noop)]
