
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0012_one_customer'),
        ('workorders', '0011_in_order'),
    ]

    operations = [
        migrations.AddField(
            model_name='workorder',
            name='serviced',
            field=models.ManyToManyField(blank=True, related_name='serviced_by', to='customers.equipment'),
        ),
    ]
