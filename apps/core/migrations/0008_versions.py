from pathlib import Path

from django.db import migrations, models

SQL = (Path(__file__).resolve().parent.parent / "sql" / "versions.sql").read_text()
DROP = "DROP FUNCTION wt_version() CASCADE; DROP FUNCTION wt_version_of() CASCADE; DROP FUNCTION wt_edition() CASCADE"


class Migration(migrations.Migration):
    dependencies = [("core", "0007_what_was_sent")]

    operations = [
        migrations.CreateModel(
            name="Edition",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("name", models.CharField(max_length=63, unique=True)),
                ("version", models.PositiveIntegerField(default=0)),
                ("at", models.DateTimeField(null=True)),
                ("user_id", models.BigIntegerField(null=True)),
            ],
            options={"verbose_name": "edition", "verbose_name_plural": "editions"},
        ),
        migrations.AddField(
            model_name="series",
            name="version",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.RunSQL(SQL, DROP),
    ]
