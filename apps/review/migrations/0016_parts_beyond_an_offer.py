import apps.core.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """An offer of extra work covers recorded parts as far as it goes."""

    dependencies = [
        ("review", "0015_deposits"),
    ]

    operations = [
        migrations.AddField(
            model_name="extraworkoffer",
            name="for_parts",
            field=apps.core.fields.MoneyField(decimal_places=2, editable=False, max_digits=12, null=True),
        ),
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
                    ("above_offer", "More than the extra work asks for"),
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
    ]
