from pathlib import Path

import apps.core.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.math
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql"
# A billable of before was asked at its list price, as far as anybody knows. The rule that settles it is not about that.
PRICES = """
ALTER TABLE review_billable DISABLE TRIGGER USER;
UPDATE review_billable SET list_price = unit_price;
ALTER TABLE review_billable ENABLE TRIGGER USER;
"""
# Every job that no review settled is counted from now on.
JOBS = """
INSERT INTO review_stalejob (work_order_id)
SELECT w.id FROM workorders_workorder w
 WHERE NOT EXISTS (SELECT 1 FROM review_review r WHERE r.work_order_id = w.id AND r.status = 'approved')
ON CONFLICT DO NOTHING;
"""
UNDO = """
DROP TRIGGER IF EXISTS stale_when_added ON field_timeentry;
DROP TRIGGER IF EXISTS stale_when_removed ON field_timeentry;
DROP TRIGGER IF EXISTS stale ON field_materialusage;
DROP TRIGGER IF EXISTS stale ON field_extrawork;
DROP TRIGGER IF EXISTS stale ON review_extraworkoffer;
DROP TRIGGER IF EXISTS stale ON quotes_quote;
DROP TRIGGER IF EXISTS stale ON workorders_workorder;
DROP TRIGGER IF EXISTS taken_back ON field_materialusage;
DROP TRIGGER IF EXISTS taken_back ON field_extrawork;
DROP FUNCTION IF EXISTS wt_job_stale();
DROP FUNCTION IF EXISTS wt_evidence_taken_back();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('field', '0006_time_proposal'),
        ('pricing', '0002_versions'),
        ('quotes', '0008_versions'),
        ('review', '0004_answers'),
        ('workorders', '0005_versions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='StaleJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('work_order', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workorders.workorder')),
            ],
            options={
                'verbose_name': 'job to count anew',
                'verbose_name_plural': 'jobs to count anew',
            },
        ),
        migrations.AddField(
            model_name='billable',
            name='claimed',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name='billable',
            name='list_price',
            field=apps.core.fields.UnitPriceField(decimal_places=4, default=0, max_digits=12, verbose_name='list price'),
            preserve_default=False,
        ),
        migrations.RunSQL(PRICES, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='billable',
            name='proposal',
            field=models.CharField(blank=True, choices=[('as_agreed', 'Agreed in the quote'), ('as_recorded', 'Charged as recorded'), ('in_agreement', 'Part of the agreed price'), ('no_agreement', 'Fixed price, but no agreed price is known'), ('within_sold', 'Within the sold hours'), ('above_sold', 'Above the sold hours'), ('above_agreed', 'More than was agreed'), ('travel_free', 'Travel is not charged'), ('unpriced', 'No sales price is known'), ('extra_approved', 'Approved by the customer'), ('extra_waiting', "Waiting for the customer's answer"), ('extra_unoffered', 'Not offered to the customer yet'), ('extra_declined', 'Declined by the customer'), ('extra_in_time', 'Charged through the recorded time and materials'), ('taken_back', 'Taken back by the technician'), ('late', 'Came in after the review')], max_length=16, verbose_name='proposal'),
        ),
        migrations.AddIndex(
            model_name='billable',
            index=models.Index(condition=models.Q(('claimed', False), ('fate__in', ['pending', 'billable'])), fields=['work_order'], name='billable_open'),
        ),
        migrations.AddField(
            model_name='billable',
            name='recorded_net',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('recorded_quantity'), '*', models.F('list_price')), '*', django.db.models.expressions.CombinedExpression(models.Value(100), '-', models.F('discount'))), '/', models.Value(100)), precision=2), output_field=apps.core.fields.MoneyField(decimal_places=2, max_digits=12)),
        ),
        migrations.RunSQL((SQL / "verdict.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunSQL((SQL / "stale.sql").read_text(), UNDO),
        migrations.RunSQL(JOBS, migrations.RunSQL.noop),
    ]
