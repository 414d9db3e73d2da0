from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('company', '0009_by_name'),
    ]

    operations = [
        migrations.AddField(
            model_name='company',
            name='certificate_days',
            field=models.PositiveSmallIntegerField(default=60, verbose_name='renew certificates so many days before they expire'),
        ),
    ]
