import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('technicians', '0007_by_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='Works',
            fields=[
                ('id', models.TextField(primary_key=True, serialize=False)),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('since', models.DateField(null=True)),
                ('until', models.DateField(null=True)),
                ('rhythm', models.CharField(choices=[('weekly', 'Every week the same'), ('odd_even', 'Odd and even weeks differ'), ('fortnight', 'Two weeks in turns, A and B')], max_length=10)),
                ('week', models.PositiveSmallIntegerField()),
                ('weekday', models.PositiveSmallIntegerField()),
                ('starts', models.TimeField()),
                ('ends', models.TimeField()),
            ],
            options={
                'verbose_name': 'hours of a weekday',
                'verbose_name_plural': 'hours of weekdays',
                'db_table': 'technicians_works',
                'ordering': ['starts'],
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='WorkingHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='days')),
                ('rhythm', models.CharField(choices=[('weekly', 'Every week the same'), ('odd_even', 'Odd and even weeks differ'), ('fortnight', 'Two weeks in turns, A and B')], default='weekly', max_length=10, verbose_name='weeks')),
            ],
            options={
                'verbose_name': 'working hours',
                'verbose_name_plural': 'working hours',
                'ordering': ['valid'],
            },
        ),
        migrations.AlterModelOptions(
            name='workingpattern',
            options={'ordering': ['week', 'weekday', 'starts'], 'verbose_name': 'working pattern', 'verbose_name_plural': 'working patterns'},
        ),
        migrations.AddField(
            model_name='workingpattern',
            name='week',
            field=models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(2)], verbose_name='week'),
        ),
        migrations.AddField(
            model_name='workinghours',
            name='technician',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hours', to='technicians.technician'),
        ),
        migrations.AddField(
            model_name='workingpattern',
            name='hours',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='patterns', to='technicians.workinghours'),
        ),
        migrations.AddConstraint(
            model_name='workingpattern',
            constraint=models.CheckConstraint(condition=models.Q(('week__in', (1, 2))), name='pattern_of_two_weeks'),
        ),
        migrations.AddConstraint(
            model_name='workinghours',
            constraint=models.CheckConstraint(condition=models.Q(('rhythm__in', ['weekly', 'odd_even', 'fortnight'])), name='hours_rhythm'),
        ),
        migrations.AddConstraint(
            model_name='workinghours',
            constraint=models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='hours_some_day'),
        ),
        migrations.AddConstraint(
            model_name='workinghours',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rhythm', 'fortnight'), _negated=True), ('valid__lower_inf', False), _connector='OR'), name='hours_fortnight_counts_from_a_day'),
        ),
        migrations.AddConstraint(
            model_name='workinghours',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('technician_id'), models.F('technician_id'), models.Value('[]'), function='int8range'), '&&'), ('valid', '&&')], name='no_double_hours'),
        ),
    ]
