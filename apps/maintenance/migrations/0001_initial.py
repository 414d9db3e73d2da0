
import apps.core.clock
import apps.core.fields
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0012_one_customer'),
        ('intake', '0009_in_order'),
        ('pricing', '0007_hours_from_a_day'),
        ('workorders', '0012_serviced'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Contract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('title', models.CharField(max_length=120, verbose_name='name')),
                ('interval_months', models.PositiveSmallIntegerField(default=12, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(120)], verbose_name='every so many months')),
                ('season', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None, verbose_name='season')),
                ('hours', apps.core.fields.HoursField(decimal_places=2, default=1, max_digits=7, validators=[django.core.validators.MinValueValidator(0)], verbose_name='expected hours')),
                ('scope', models.TextField(blank=True, verbose_name='scope')),
                ('notes', models.TextField(blank=True, verbose_name='notes for the technician')),
                ('starts_on', models.DateField(default=apps.core.clock.today, verbose_name='start')),
                ('rhythm_since', models.DateField(editable=False)),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='end')),
                ('end_reason', models.CharField(blank=True, max_length=500, verbose_name='why it ended')),
                ('created_at', models.DateTimeField(default=apps.core.clock.now)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer', verbose_name='customer')),
                ('job_form', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workorders.jobform', verbose_name='job form')),
                ('type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.requesttype', verbose_name='type of work')),
            ],
            options={
                'verbose_name': 'maintenance contract',
                'verbose_name_plural': 'maintenance contracts',
                'ordering': ['title', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ContractPrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('price', apps.core.fields.MoneyField(decimal_places=2, max_digits=12, verbose_name='price per visit')),
                ('contract', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='prices', to='maintenance.contract')),
                ('vat_code', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pricing.vatcode', verbose_name='VAT')),
            ],
            options={
                'verbose_name': 'price of a contract',
                'verbose_name_plural': 'prices of contracts',
            },
        ),
        migrations.CreateModel(
            name='ContractSite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('left_on', models.DateField(null=True, verbose_name='no longer part of it since')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sites', to='maintenance.contract')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.site')),
            ],
            options={
                'verbose_name': 'site of a contract',
                'verbose_name_plural': 'sites of contracts',
                'ordering': ['site__city', 'site__street', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ContractDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('equipment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.equipment')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='devices', to='maintenance.contractsite')),
            ],
            options={
                'verbose_name': 'equipment of a contract',
                'verbose_name_plural': 'equipment of contracts',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ContractVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('due', models.DateField(verbose_name='due')),
                ('window_from', models.DateField(verbose_name='from')),
                ('window_until', models.DateField(verbose_name='until')),
                ('skipped_at', models.DateTimeField(null=True, verbose_name='skipped')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='maintenance.contractsite')),
                ('work_order', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workorders.workorder')),
            ],
            options={
                'verbose_name': 'maintenance visit',
                'verbose_name_plural': 'maintenance visits',
                'ordering': ['window_from', 'id'],
            },
        ),
        migrations.CreateModel(
            name='JobPrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('description', models.CharField(max_length=300, verbose_name='description')),
                ('price', apps.core.fields.MoneyField(decimal_places=2, max_digits=12, verbose_name='price')),
                ('vat_category', models.CharField(choices=[('S', 'Standard or reduced rate'), ('Z', 'Zero rate'), ('E', 'Exempt'), ('AE', 'Reverse charge (btw verlegd)')], max_length=2)),
                ('vat_rate', apps.core.fields.PercentageField(decimal_places=2, max_digits=5)),
                ('made_at', models.DateTimeField(default=apps.core.clock.now)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='maintenance.contract')),
                ('vat_code', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pricing.vatcode', verbose_name='VAT')),
                ('work_order', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workorders.workorder')),
            ],
            options={
                'verbose_name': 'agreed price of a job',
                'verbose_name_plural': 'agreed prices of jobs',
            },
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('interval_months__gte', 1), ('interval_months__lte', 120)), name='contract_interval'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('season__contained_by', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])), name='contract_season_is_months'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('hours__gt', 0)), name='contract_visit_takes_time'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), models.Q(('end_reason', ''), _negated=True), _connector='OR'), name='contract_ends_after_it_starts', violation_error_message='It ends before it starts.'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('end_reason', ''), ('ends_on__isnull', False), _connector='OR'), name='ended_contract_says_when'),
        ),
        migrations.AddConstraint(
            model_name='contractprice',
            constraint=models.CheckConstraint(condition=models.Q(('price__gte', 0)), name='contract_price_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='contractsite',
            constraint=models.UniqueConstraint(fields=('contract', 'site'), name='contract_site_once'),
        ),
        migrations.AddConstraint(
            model_name='contractdevice',
            constraint=models.UniqueConstraint(fields=('place', 'equipment'), name='contract_device_once'),
        ),
        migrations.AddIndex(
            model_name='contractvisit',
            index=models.Index(fields=['window_from', 'id'], name='contract_visit_by_window'),
        ),
        migrations.AddConstraint(
            model_name='contractvisit',
            constraint=models.UniqueConstraint(fields=('place', 'due'), name='contract_visit_once'),
        ),
        migrations.AddConstraint(
            model_name='contractvisit',
            constraint=models.CheckConstraint(condition=models.Q(('due__day', 1)), name='contract_visit_due_in_a_month'),
        ),
        migrations.AddConstraint(
            model_name='contractvisit',
            constraint=models.CheckConstraint(condition=models.Q(('window_until__gte', models.F('window_from'))), name='contract_visit_window', violation_error_message='The window ends before it starts.'),
        ),
        migrations.AddConstraint(
            model_name='contractvisit',
            constraint=models.CheckConstraint(condition=models.Q(('skipped_at', None), models.Q(('reason', ''), _negated=True), _connector='OR'), name='skipped_visit_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='jobprice',
            constraint=models.CheckConstraint(condition=models.Q(('vat_category__in', ['S', 'Z', 'E', 'AE'])), name='job_price_vat_category'),
        ),
        migrations.AddConstraint(
            model_name='jobprice',
            constraint=models.CheckConstraint(condition=models.Q(('price__gte', 0)), name='job_price_not_negative'),
        ),
    ]
