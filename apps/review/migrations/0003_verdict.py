from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = (Path(__file__).parent.parent / "sql" / "verdict.sql").read_text()
UNDO = """
DROP TRIGGER IF EXISTS settled_billable_is_history ON review_billable;
DROP FUNCTION IF EXISTS wt_billable_settled();
DROP TRIGGER IF EXISTS approved_review_has_nothing_pending ON review_review;
DROP FUNCTION IF EXISTS wt_review_decided();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0002_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='extraworkoffer',
            name='offered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='review',
            name='sent_back_at',
            field=models.DateTimeField(null=True, verbose_name='returned at'),
        ),
        migrations.AddField(
            model_name='billable',
            name='proposal',
            field=models.CharField(blank=True, choices=[('as_agreed', 'Agreed in the quote'), ('as_recorded', 'Charged as recorded'), ('in_agreement', 'Part of the agreed price'), ('no_agreement', 'Fixed price, but no agreed price is known'), ('within_sold', 'Within the sold hours'), ('above_sold', 'Above the sold hours'), ('above_agreed', 'More than was agreed'), ('travel_free', 'Travel is not charged'), ('unpriced', 'No sales price is known'), ('extra_approved', 'Approved by the customer'), ('extra_waiting', "Waiting for the customer's answer"), ('extra_unoffered', 'Not offered to the customer yet'), ('extra_declined', 'Declined by the customer'), ('extra_in_time', 'Charged through the recorded time and materials')], max_length=16, verbose_name='proposal'),
        ),
        migrations.AddConstraint(
            model_name='billable',
            constraint=models.CheckConstraint(condition=models.Q(('decided_at__isnull', True), models.Q(('fate', 'pending'), _negated=True), _connector='OR'), name='decided_is_not_pending'),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
