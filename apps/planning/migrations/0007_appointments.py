import uuid

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

from apps.core import clock
from apps.core.tokens import token_for, token_hash


def coming_are_told(apps, schema_editor):
    """Until now a mail left at once: who has a visit to come knows of it."""
    now = clock.now()
    visits = apps.get_model("planning", "Assignment").objects.filter(active=True, period__endswith__gt=now)
    for visit in visits.iterator():
        nonce = uuid.uuid4()
        apps.get_model("planning", "Appointment").objects.create(
            assignment=visit,
            nonce=nonce,
            token_hash=token_hash(token_for("appointment", nonce)),
            told_technician_id=visit.technician_id,
            told_period=visit.period,
        )


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0003_one_mail_each'),
        ('planning', '0006_week'),
        ('technicians', '0005_one_absence_at_a_time'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='planstep',
            name='owed',
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nonce', models.UUIDField(unique=True)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('told_period', django.contrib.postgres.fields.ranges.DateTimeRangeField(null=True)),
                ('assignment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='appointment', to='planning.assignment')),
                ('message', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='messaging.message')),
                ('told_technician', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='technicians.technician')),
            ],
            options={
                'verbose_name': 'appointment',
                'verbose_name_plural': 'appointments',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('told_period__isnull', True), ('told_technician__isnull', True)), models.Q(('told_period__isnull', False), ('told_technician__isnull', False)), _connector='OR'), name='told_who_and_when')],
            },
        ),
        migrations.RunPython(coming_are_told, migrations.RunPython.noop),
    ]
