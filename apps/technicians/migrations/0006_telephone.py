from django.db import migrations

from apps.core.telephone_kept import numbers_kept


class Migration(migrations.Migration):
    """Numbers are kept with their country."""

    dependencies = [("technicians", "0005_one_absence_at_a_time"), ("company", "0006_telephone")]

    operations = [numbers_kept("technician", "technicians_technician")]
