import apps.core.clock
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('planning', '0007_appointments'),
        ('technicians', '0005_one_absence_at_a_time'),
    ]

    operations = [
        migrations.AddField(
            model_name='appointment',
            name='confirmed_start',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='appointment',
            name='reminded_start',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='ChangeRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('kind', models.CharField(choices=[('move', 'Another time'), ('cancel', 'Cancellation')], max_length=10)),
                ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('wanted_period', django.contrib.postgres.fields.ranges.DateTimeRangeField(null=True)),
                ('words', models.TextField(blank=True, verbose_name='remark')),
                ('status', models.CharField(choices=[('open', 'To decide'), ('granted', 'Granted'), ('declined', 'Declined')], default='open', max_length=10, verbose_name='status')),
                ('asked_at', models.DateTimeField(default=apps.core.clock.now)),
                ('decided_at', models.DateTimeField(null=True)),
                ('answer', models.TextField(blank=True, verbose_name='answer to the customer')),
                ('appointment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='change_requests', to='planning.appointment')),
                ('wanted_technician', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='technicians.technician')),
            ],
            options={
                'verbose_name': 'request to change an appointment',
                'verbose_name_plural': 'requests to change appointments',
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['move', 'cancel'])), name='change_request_kind'), models.CheckConstraint(condition=models.Q(('status__in', ['open', 'granted', 'declined'])), name='change_request_status'), models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('appointment',), name='one_open_change_request'), models.CheckConstraint(condition=models.Q(models.Q(('wanted_period__isnull', True), ('wanted_technician__isnull', True)), models.Q(('kind', 'move'), ('wanted_period__isnull', False), ('wanted_technician__isnull', False)), _connector='OR'), name='wanted_who_and_when'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'move'), _negated=True), ('wanted_period__isnull', False), models.Q(('words', ''), _negated=True), _connector='OR'), name='change_request_says_something')],
            },
        ),
    ]
