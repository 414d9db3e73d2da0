from django.db import migrations


class Migration(migrations.Migration):
    """What a phone reported and nobody decided about has its place and its euros."""

    dependencies = [("pipeline", "0006_nothing_is_no_debt"), ("field", "0006_time_proposal")]

    operations = []  # the view of all rows: 0011
