from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

# As the view was then; `sql/works.sql` is what it is now.
WORKS = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("technicians", "0009_hours_as_they_were"), ("company", "0009_by_name")]

    operations = [
        migrations.RemoveConstraint("workingpattern", "pattern_once"),
        migrations.RemoveField("workingpattern", "technician"),
        migrations.AlterField(
            "workingpattern",
            "hours",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="patterns",
                to="technicians.workinghours",
            ),
        ),
        migrations.AddConstraint(
            "workingpattern",
            models.UniqueConstraint(fields=("hours", "week", "weekday", "starts"), name="pattern_once"),
        ),
        migrations.RunSQL(WORKS, migrations.RunSQL.noop),
    ]
