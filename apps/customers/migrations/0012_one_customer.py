from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models


SQL = Path(__file__).resolve().parent.parent / "sql"
SAME = (SQL / "same.sql").read_text(encoding="utf-8")
SUSPECTS = (SQL / "suspects.sql").read_text(encoding="utf-8")
DROP = (
    "DROP FUNCTION wt_same_customer() CASCADE; DROP FUNCTION wt_same_name(text);"
    " DROP FUNCTION wt_same_address(text, text, text, text); DROP TRIGGER merge_written ON customers_customer"
)


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0014_merge'),
        ('customers', '0011_parts_at_once'),
    ]

    operations = [
        migrations.CreateModel(
            name='Suspect',
            fields=[
                ('id', models.TextField(primary_key=True, serialize=False)),
                ('in_common', models.IntegerField()),
            ],
            options={
                'verbose_name': 'customers who may be one',
                'verbose_name_plural': 'customers who may be one',
                'db_table': 'customers_suspect',
                'ordering': ['-in_common', 'first', 'second'],
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Apart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'verbose_name': 'customers who are two',
                'verbose_name_plural': 'customers who are two',
            },
        ),
        migrations.RemoveIndex(
            model_name='customer',
            name='customer_same_name',
        ),
        migrations.RemoveIndex(
            model_name='customer',
            name='customer_same_postal_code',
        ),
        migrations.AddField(
            model_name='customer',
            name='merged_into',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='customer',
            name='same_address',
            field=models.CharField(default='', editable=False, max_length=240),
        ),
        migrations.AddField(
            model_name='customer',
            name='same_name',
            field=models.CharField(default='', editable=False, max_length=120),
        ),
        migrations.AddField(
            model_name='site',
            name='same_address',
            field=models.CharField(default='', editable=False, max_length=240),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['same_name'], name='customer_same_name'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['same_address'], name='customer_same_address'),
        ),
        migrations.AddIndex(
            model_name='site',
            index=models.Index(fields=['same_address'], name='site_same_address'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('active', False), models.Q(('merged_into', models.F('pk')), _negated=True)), _connector='OR'), name='merged_customer_is_out_of_use'),
        ),
        migrations.AddField(
            model_name='apart',
            name='first',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='apart',
            name='second',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer'),
        ),
        migrations.AddConstraint(
            model_name='apart',
            constraint=models.UniqueConstraint(fields=('first', 'second'), name='apart_once'),
        ),
        migrations.AddConstraint(
            model_name='apart',
            constraint=models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='apart_in_order'),
        ),
        migrations.RunSQL(SAME, DROP),
        migrations.RunSQL(SUSPECTS, "DROP VIEW customers_suspect"),
    ]
