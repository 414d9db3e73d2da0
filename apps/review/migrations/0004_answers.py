from pathlib import Path

from django.db import migrations, models

SQL = (Path(__file__).parent.parent / "sql" / "answers.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("review", "0003_verdict")]

    operations = [
        migrations.AddConstraint(
            model_name="extraworkoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["approved", "declined"]), _negated=True)
                | models.Q(("answered_at__isnull", False)),
                name="answered_offer_says_when",
            ),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
