from pathlib import Path

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

WORDS = (Path(__file__).resolve().parent.parent / "sql" / "words.sql").read_text()


class Migration(migrations.Migration):
    """Words are found by their middle, without accents, letters apart from digits, and when they are typed nearly right."""

    dependencies = [("core", "0010_audit_secrets")]

    operations = [
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("word", models.TextField()),
                ("rests", ArrayField(base_field=models.TextField(), size=None)),
            ],
            options={
                "verbose_name": "word",
                "verbose_name_plural": "words",
                "indexes": [
                    models.Index(fields=["word"], name="search_word"),
                    GinIndex(fields=["rests"], name="search_word_rests"),
                ],
            },
        ),
        migrations.RunSQL(WORDS, migrations.RunSQL.noop),
    ]
