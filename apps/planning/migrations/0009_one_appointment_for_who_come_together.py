from django.db import migrations

# Of those who come together the customer hears of one. So far each of them was noted as told.
ONE = """
UPDATE planning_appointment silent SET told_technician_id = NULL, told_period = NULL
  FROM planning_assignment visit, planning_assignment other, planning_appointment heard
 WHERE visit.id = silent.assignment_id AND heard.assignment_id = other.id AND other.id < visit.id
   AND other.work_order_id = visit.work_order_id AND other.active
   AND silent.told_period IS NOT NULL AND heard.told_period IS NOT NULL
   AND lower(heard.told_period) = lower(silent.told_period) AND lower(other.period) = lower(visit.period)
"""


class Migration(migrations.Migration):
    dependencies = [("planning", "0008_change_requests")]

    operations = [migrations.RunSQL(ONE, migrations.RunSQL.noop)]
