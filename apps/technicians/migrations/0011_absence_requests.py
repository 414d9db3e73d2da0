from pathlib import Path

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import apps.core.clock

SQL = (Path(__file__).resolve().parent.parent / "sql" / "absence_requests.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):

    dependencies = [
        ('technicians', '0010_works'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AbsenceRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='period')),
                ('kind', models.CharField(choices=[('holiday', 'Holiday'), ('training', 'Training'), ('other', 'Other')], default='holiday', max_length=10, verbose_name='kind')),
                ('words', models.CharField(blank=True, max_length=200, verbose_name='remark')),
                ('status', models.CharField(choices=[('open', 'To decide'), ('granted', 'Granted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='open', max_length=10, verbose_name='status')),
                ('asked_at', models.DateTimeField(default=apps.core.clock.now)),
                ('decided_at', models.DateTimeField(null=True)),
                ('answer', models.TextField(blank=True, verbose_name='answer')),
                ('absence', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='technicians.absence')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('technician', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absence_requests', to='technicians.technician')),
            ],
            options={
                'verbose_name': 'request for days off',
                'verbose_name_plural': 'requests for days off',
                'ordering': ['period'],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['open', 'granted', 'declined', 'withdrawn'])), name='absence_request_status'), models.CheckConstraint(condition=models.Q(('kind__in', ['holiday', 'training', 'other'])), name='absence_request_kind'), models.CheckConstraint(condition=models.Q(('period__endswith__isnull', False), ('period__isempty', False), ('period__startswith__isnull', False)), name='absence_request_has_a_period'), models.CheckConstraint(condition=models.Q(('absence__isnull', True), ('status', 'granted'), _connector='OR'), name='only_granted_days_are_an_absence'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('status', 'open')), expressions=[(models.Func(models.F('technician_id'), models.F('technician_id'), models.Value('[]'), function='int8range'), '&&'), ('period', '&&')], name='no_double_absence_request')],
            },
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
