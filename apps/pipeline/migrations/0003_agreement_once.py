from django.db import migrations


class Migration(migrations.Migration):
    """An agreement stands once: what this said of the view is said by 0005."""

    dependencies = [("pipeline", "0002_standing_invoices")]

    operations = []
