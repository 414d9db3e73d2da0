from pathlib import Path


import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql"
UNDO = """
DROP TRIGGER IF EXISTS stale ON maintenance_jobprice;
DROP TRIGGER IF EXISTS contract_visit_cancelled ON workorders_workorder;
DROP FUNCTION IF EXISTS wt_contract_visit_cancelled();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('field', '0011_several_visits'),
        ('maintenance', '0002_agreed'),
        ('pricing', '0007_hours_from_a_day'),
        ('quotes', '0018_template_language'),
        ('review', '0016_parts_beyond_an_offer'),
        ('workorders', '0012_serviced'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='billable',
            name='job_price',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='maintenance.jobprice'),
        ),
        migrations.AddConstraint(
            model_name='billable',
            constraint=models.UniqueConstraint(condition=models.Q(('corrects__isnull', True)), fields=('job_price',), name='one_billable_per_job_price'),
        ),
        migrations.RunSQL((SQL / "stale.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunSQL((SQL / "contract_visits.sql").read_text(), UNDO),
    ]
