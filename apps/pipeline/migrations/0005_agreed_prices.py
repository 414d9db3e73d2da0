from django.db import migrations


class Migration(migrations.Migration):
    """What was recorded and is not priced yet is worth the price that was agreed for it."""

    dependencies = [("pipeline", "0004_worked_and_bounced"), ("quotes", "0011_agreed_prices")]

    operations = []  # the view of all rows: 0011
