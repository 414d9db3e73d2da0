import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0012_nothing_to_pay")]

    operations = [
        migrations.AddField(
            model_name="invoiceline",
            name="rebills",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="invoicing.invoiceline",
            ),
        ),
    ]
