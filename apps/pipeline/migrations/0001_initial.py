import apps.core.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("core", "0010_audit_secrets"),
        ("intake", "0006_versions"),
        ("planning", "0005_steps"),
        ("field", "0006_time_proposal"),
        ("pricing", "0003_material_price"),
        ("quotes", "0008_versions"),
        ("review", "0005_ledger_from_the_first_minute"),
        ("invoicing", "0010_ledger_never_forgets"),
        ("bookkeeping", "0004_package_runs"),
    ]

    operations = [
        migrations.CreateModel(
            name='PipelineRow',
            fields=[
                ('id', models.TextField(primary_key=True, serialize=False)),
                ('place', models.TextField()),
                ('turns_into', models.TextField(null=True)),
                ('turns_at', models.DateTimeField(null=True)),
                ('due', models.DateField(null=True)),
                ('since', models.DateTimeField()),
                ('record_type', models.TextField()),
                ('record_id', models.BigIntegerField()),
                ('label', models.TextField()),
                ('net', apps.core.fields.MoneyField(decimal_places=2, max_digits=12)),
                ('hours', apps.core.fields.HoursField(decimal_places=2, max_digits=7)),
                ('gross', apps.core.fields.MoneyField(decimal_places=2, max_digits=12)),
            ],
            options={
                'verbose_name': 'amount in the pipeline',
                'verbose_name_plural': 'amounts in the pipeline',
                'db_table': 'pipeline_row',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Limits',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('days', models.JSONField(default=dict, verbose_name='days')),
            ],
            options={
                'verbose_name': 'limits of the pipeline',
                'verbose_name_plural': 'limits of the pipeline',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_set_of_limits')],
            },
        ),
        # The view itself: 0005.
    ]
