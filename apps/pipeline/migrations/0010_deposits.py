from django.db import migrations


class Migration(migrations.Migration):
    """A deposit stands in a stage of its own, and its job holds that much less."""

    dependencies = [("pipeline", "0009_standing_rows"), ("review", "0015_deposits"), ("invoicing", "0015_deposits")]

    operations = []  # the view of all rows: 0011
