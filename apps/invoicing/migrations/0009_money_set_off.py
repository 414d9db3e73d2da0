from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql"
METHODS = [
    ("bank", "Bank transfer"), ("pin", "PIN on site"), ("cash", "Cash on site"), ("online", "Online"), ("set_off", "Set off"),
]  # fmt: skip
UNDO = """
DROP TRIGGER IF EXISTS set_off_balances ON invoicing_payment;
DROP FUNCTION IF EXISTS wt_set_off_balances();
"""


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0008_credits_in_parts")]

    operations = [
        migrations.RemoveConstraint("payment", "payment_method"),
        migrations.AddField(
            "payment",
            "taken_from",
            models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="invoicing.payment"
            ),
        ),
        migrations.AlterField(
            "payment",
            "method",
            models.CharField(choices=METHODS, default="bank", max_length=10, verbose_name="method"),
        ),
        migrations.AddConstraint(
            "payment",
            models.CheckConstraint(
                condition=models.Q(("method__in", [value for value, _label in METHODS])), name="payment_method"
            ),
        ),
        migrations.RunSQL((SQL / "set_off.sql").read_text(), UNDO),
    ]
