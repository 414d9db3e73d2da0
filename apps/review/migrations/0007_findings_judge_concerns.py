from pathlib import Path

import apps.core.fields
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql"
# Of each item the newest finding stands.
STANDING = """
ALTER TABLE review_finding DISABLE TRIGGER USER;
UPDATE review_finding f SET standing = false WHERE EXISTS (
  SELECT 1 FROM review_finding n
   WHERE n.review_id = f.review_id AND n.subject_type = f.subject_type AND n.subject_id = f.subject_id AND (n.at, n.id) > (f.at, f.id));
ALTER TABLE review_finding ENABLE TRIGGER USER;
"""
UNDO = """
DROP TRIGGER IF EXISTS approved_review_is_judged ON review_review;
DROP TRIGGER IF EXISTS frozen ON review_finding;
DROP FUNCTION IF EXISTS wt_review_judged();
DROP FUNCTION IF EXISTS wt_finding_frozen();
DROP VIEW IF EXISTS review_concern;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('field', '0006_time_proposal'),
        ('workorders', '0005_versions'),
        ('review', '0006_pieces_of_time'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Concern',
            fields=[
                ('id', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('deviation', 'Deviation'), ('signature', 'No signature'), ('outdated', 'Changed after signing'), ('photos', 'Photo missing'), ('over_use', 'More than was agreed'), ('price', 'Other price than the list asks'), ('undecided', 'Pending')], max_length=20)),
                ('subject_type', models.CharField(max_length=60)),
                ('subject_id', models.BigIntegerField()),
                ('words', models.TextField()),
                ('facts', models.CharField(max_length=32)),
                ('worth', apps.core.fields.MoneyField(decimal_places=2, max_digits=12)),
                ('open', models.BooleanField()),
            ],
            options={
                'verbose_name': 'concern',
                'verbose_name_plural': 'concerns',
                'db_table': 'review_concern',
                'ordering': ['id'],
                'managed': False,
            },
        ),
        migrations.AddField(
            model_name='finding',
            name='facts',
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddField(
            model_name='finding',
            name='standing',
            field=models.BooleanField(default=True, editable=False),
        ),
        migrations.AddField(
            model_name='finding',
            name='worth',
            field=apps.core.fields.MoneyField(decimal_places=2, max_digits=12, null=True, verbose_name='worth'),
        ),
        migrations.RunSQL(STANDING, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('facts', ''), models.Q(('reason', ''), _negated=True), _connector='OR'), name='judged_concern_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.UniqueConstraint(condition=models.Q(('standing', True)), fields=('review', 'subject_type', 'subject_id'), name='one_standing_finding_per_item'),
        ),
        migrations.RunSQL((SQL / "concerns.sql").read_text(), UNDO),
    ]
