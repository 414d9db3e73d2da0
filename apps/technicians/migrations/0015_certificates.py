from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

import apps.core.clock

SQL = (Path(__file__).resolve().parent.parent / "sql" / "certificates.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0003_pending_uploads'),
        ('technicians', '0014_calendar_ends'),
    ]

    operations = [
        migrations.CreateModel(
            name='CertificateKind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='name')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('skill', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='technicians.skill', verbose_name='skill that it gives')),
            ],
            options={
                'verbose_name': 'kind of certificate',
                'verbose_name_plural': 'kinds of certificates',
                'ordering': ['name__by_name'],
            },
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(blank=True, max_length=60, verbose_name='number')),
                ('issued_on', models.DateField(verbose_name='issued on')),
                ('expires_on', models.DateField(verbose_name='expires on')),
                ('created_at', models.DateTimeField(default=apps.core.clock.now, editable=False)),
                ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.storedfile', verbose_name='document')),
                ('renews', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='renewal', to='technicians.certificate')),
                ('technician', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='certificates', to='technicians.technician')),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='technicians.certificatekind', verbose_name='kind')),
            ],
            options={
                'verbose_name': 'certificate',
                'verbose_name_plural': 'certificates',
                'ordering': ['kind__name__by_name', '-expires_on'],
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_on__gt', models.F('issued_on'))), name='certificate_expires_after_issue'), models.UniqueConstraint(condition=models.Q(('renews__isnull', True)), fields=('technician', 'kind'), name='one_line_of_certificates')],
            },
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
