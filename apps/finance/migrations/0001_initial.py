from pathlib import Path

import apps.core.fields
import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql"
ENTRIES, SUMS = ((SQL / f"{name}.sql").read_text() for name in ("entries", "sums"))
# What there is already is counted by the worker, as what changes is.
EVERYTHING = """
    INSERT INTO finance_mark (work_order) SELECT id FROM workorders_workorder;
    INSERT INTO finance_mark (invoice) SELECT id FROM invoicing_invoice;
    INSERT INTO finance_mark (quote) SELECT id FROM quotes_quote;
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0010_audit_secrets'),
        ('field', '0006_time_proposal'),
        ('review', '0005_ledger_from_the_first_minute'),
        ('customers', '0005_versions'),
        ('intake', '0006_versions'),
        ('invoicing', '0010_ledger_never_forgets'),
        ('quotes', '0008_versions'),
        ('technicians', '0002_versions'),
        ('workorders', '0005_versions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('work_order', models.BigIntegerField(null=True)),
                ('invoice', models.BigIntegerField(null=True)),
                ('quote', models.BigIntegerField(null=True)),
            ],
            options={
                'verbose_name': 'record to add up anew',
                'verbose_name_plural': 'records to add up anew',
            },
        ),
        migrations.CreateModel(
            name='DaySum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revenue', apps.core.fields.MoneyField(decimal_places=2, default=0, max_digits=12)),
                ('labour', apps.core.fields.MoneyField(decimal_places=2, default=0, max_digits=12)),
                ('parts', apps.core.fields.MoneyField(decimal_places=2, default=0, max_digits=12)),
                ('written_off', apps.core.fields.MoneyField(decimal_places=2, default=0, max_digits=12)),
                ('hours', models.DecimalField(decimal_places=3, default=0, max_digits=12)),
                ('cost_hours', models.DecimalField(decimal_places=3, default=0, max_digits=12)),
                ('spent_hours', models.DecimalField(decimal_places=3, default=0, max_digits=12)),
                ('sold_hours', models.DecimalField(decimal_places=3, default=0, max_digits=12)),
                ('jobs_done', models.IntegerField(default=0)),
                ('sla_known', models.IntegerField(default=0)),
                ('sla_met', models.IntegerField(default=0)),
                ('billed_jobs', models.IntegerField(default=0)),
                ('billing_days', models.IntegerField(default=0)),
                ('paid_invoices', models.IntegerField(default=0)),
                ('paying_days', models.IntegerField(default=0)),
                ('quotes_closed', models.IntegerField(default=0)),
                ('quotes_won', models.IntegerField(default=0)),
                ('quotes_answered', models.IntegerField(default=0)),
                ('answer_days', models.IntegerField(default=0)),
                ('kind', models.CharField(choices=[('company', 'Company'), ('customer', 'Customer'), ('type', 'Type of work'), ('technician', 'Technician')], max_length=10)),
                ('key', models.BigIntegerField()),
                ('day', models.DateField(verbose_name='day')),
            ],
            options={
                'verbose_name': 'sums of a day',
                'verbose_name_plural': 'sums of days',
                'constraints': [models.UniqueConstraint(fields=('kind', 'day', 'key'), name='one_sum_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revenue', apps.core.fields.MoneyField(decimal_places=2, default=0, max_digits=12)),
                ('labour', apps.core.fields.MoneyField(decimal_places=2, default=0, max_digits=12)),
                ('parts', apps.core.fields.MoneyField(decimal_places=2, default=0, max_digits=12)),
                ('written_off', apps.core.fields.MoneyField(decimal_places=2, default=0, max_digits=12)),
                ('hours', models.DecimalField(decimal_places=3, default=0, max_digits=12)),
                ('cost_hours', models.DecimalField(decimal_places=3, default=0, max_digits=12)),
                ('spent_hours', models.DecimalField(decimal_places=3, default=0, max_digits=12)),
                ('sold_hours', models.DecimalField(decimal_places=3, default=0, max_digits=12)),
                ('jobs_done', models.IntegerField(default=0)),
                ('sla_known', models.IntegerField(default=0)),
                ('sla_met', models.IntegerField(default=0)),
                ('billed_jobs', models.IntegerField(default=0)),
                ('billing_days', models.IntegerField(default=0)),
                ('paid_invoices', models.IntegerField(default=0)),
                ('paying_days', models.IntegerField(default=0)),
                ('quotes_closed', models.IntegerField(default=0)),
                ('quotes_won', models.IntegerField(default=0)),
                ('quotes_answered', models.IntegerField(default=0)),
                ('answer_days', models.IntegerField(default=0)),
                ('day', models.DateField(verbose_name='day')),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='customers.customer')),
                ('invoice', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='invoicing.invoice')),
                ('quote', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='quotes.quote')),
                ('technician', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='technicians.technician')),
                ('type', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='intake.requesttype')),
                ('work_order', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='workorders.workorder')),
            ],
            options={
                'verbose_name': 'entry of finance',
                'verbose_name_plural': 'entries of finance',
                'indexes': [models.Index(fields=['day'], name='finance_entry_day'), models.Index(fields=['customer', 'day'], name='finance_entry_customer')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(models.Q(('invoice__isnull', True), ('quote__isnull', True), ('work_order__isnull', False)), models.Q(('invoice__isnull', False), ('quote__isnull', True), ('work_order__isnull', True)), models.Q(('invoice__isnull', True), ('quote__isnull', False), ('work_order__isnull', True)), _connector='OR')), name='entry_of_one_record')],
            },
        ),
        migrations.RunSQL(ENTRIES, migrations.RunSQL.noop),
        migrations.RunSQL(SUMS, migrations.RunSQL.noop),
        migrations.RunSQL(EVERYTHING, migrations.RunSQL.noop),
    ]
