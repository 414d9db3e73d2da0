from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


MERGING = (Path(__file__).resolve().parent.parent / "sql" / "merging.sql").read_text(encoding="utf-8")
DROP = (
    "DROP FUNCTION wt_merged_away() CASCADE; DROP FUNCTION wt_merge_written() CASCADE; DROP FUNCTION wt_merge_frozen() CASCADE"
)


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0013_in_order'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_type', models.CharField(max_length=60)),
                ('gone_id', models.BigIntegerField()),
                ('gone_label', models.CharField(max_length=200)),
                ('kept_id', models.BigIntegerField()),
                ('at', models.DateTimeField(verbose_name='at')),
                ('by_label', models.CharField(max_length=120)),
                ('was_active', models.BooleanField()),
                ('moved', models.JSONField(default=dict)),
                ('crossed', models.JSONField(default=dict)),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('undone_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'merge',
                'verbose_name_plural': 'merges',
                'indexes': [models.Index(fields=['subject_type', 'kept_id'], name='merge_into')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('subject_type', 'gone_id'), name='merged_away_once'), models.CheckConstraint(condition=models.Q(('gone_id', models.F('kept_id')), _negated=True), name='merge_of_two')],
            },
        ),
        migrations.RunSQL(MERGING, DROP),
    ]
