from django.db import migrations

# What somebody works now, they always worked as far as is known. The trigger counted by a column that goes.
SQL = """
DROP TRIGGER IF EXISTS count_version_of ON technicians_workingpattern;
INSERT INTO technicians_workinghours (technician_id, valid, rhythm)
  SELECT DISTINCT technician_id, '(,)'::daterange, 'weekly' FROM technicians_workingpattern;
UPDATE technicians_workingpattern p SET hours_id = h.id
  FROM technicians_workinghours h WHERE h.technician_id = p.technician_id;
"""


class Migration(migrations.Migration):
    dependencies = [("technicians", "0008_hours_from_a_day")]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
