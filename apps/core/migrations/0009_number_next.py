from pathlib import Path

from django.db import migrations, models

SQL = (Path(__file__).resolve().parent.parent / "sql" / "numbering.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("core", "0008_versions")]

    operations = [
        migrations.AddField("counter", "given", models.PositiveIntegerField(db_default=0, default=0)),
        migrations.RunSQL("UPDATE core_counter SET given = last", migrations.RunSQL.noop),
        migrations.AddConstraint(
            "counter",
            models.CheckConstraint(
                condition=models.Q(given__lte=models.F("last")), name="counter_given_is_not_ahead"
            ),
        ),
        migrations.RunSQL(SQL, "DROP FUNCTION wt_number_next(text, integer, integer)"),
    ]
