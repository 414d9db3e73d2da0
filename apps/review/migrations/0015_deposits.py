from pathlib import Path

from django.conf import settings
from django.db import migrations, models

VERDICT = Path(__file__).parent.parent / "sql" / "verdict.sql"


class Migration(migrations.Migration):
    """What is asked beforehand, and taken off the job's own invoice."""

    dependencies = [
        ("field", "0009_parts_of_extra_work"),
        ("pricing", "0007_hours_from_a_day"),
        ("quotes", "0014_links_by_one_door"),
        ("review", "0014_proposals_after_the_approval"),
        ("workorders", "0006_stored_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="billable",
            name="proposal",
            field=models.CharField(
                blank=True,
                choices=[
                    ("as_agreed", "Agreed in the quote"),
                    ("as_recorded", "Charged as recorded"),
                    ("in_agreement", "Part of the agreed price"),
                    ("no_agreement", "Fixed price, but no agreed price is known"),
                    ("within_sold", "Within the sold hours"),
                    ("above_sold", "Above the sold hours"),
                    ("above_agreed", "More than was agreed"),
                    ("travel_free", "Travel is not charged"),
                    ("unpriced", "No sales price is known"),
                    ("extra_approved", "Approved by the customer"),
                    ("extra_waiting", "Waiting for the customer's answer"),
                    ("extra_unoffered", "Not offered to the customer yet"),
                    ("extra_declined", "Declined by the customer"),
                    ("extra_in_time", "Charged through the recorded time and materials"),
                    ("extra_covers", "Asked by the extra work"),
                    ("estimate", "Estimated: what was recorded is charged"),
                    ("estimate_left", "Estimated, and not recorded"),
                    ("nothing", "Nothing is charged for it"),
                    ("taken_back", "Taken back by the technician"),
                    ("late", "Came in after the review"),
                    ("deposit_left", "Left to the final invoice"),
                ],
                max_length=16,
                verbose_name="proposal",
            ),
        ),
        migrations.AddIndex(
            model_name="billable",
            index=models.Index(
                condition=models.Q(("claimed", False), ("fate", "billable"), ("kind", "deposit")),
                fields=["work_order"],
                name="deposit_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="billable",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "deposit"), _negated=True),
                    ("fate__in", ["billable", "included"]),
                    _connector="OR",
                ),
                name="deposit_is_asked_or_left",
            ),
        ),
        migrations.AddConstraint(
            model_name="billable",
            constraint=models.UniqueConstraint(
                condition=models.Q(("corrects__isnull", True), ("kind", "deposit")),
                fields=("work_order", "vat_category", "vat_rate"),
                name="one_deposit_per_rate",
            ),
        ),
        migrations.AddConstraint(
            model_name="billable",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "deposit")),
                fields=("corrects",),
                name="one_deduction_per_deposit",
            ),
        ),
        migrations.RunSQL(VERDICT.read_text(), migrations.RunSQL.noop),
    ]
