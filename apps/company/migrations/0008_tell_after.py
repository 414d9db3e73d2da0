from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('company', '0007_countries'),
    ]

    operations = [
        migrations.AddField(
            model_name='company',
            name='tell_after_minutes',
            field=models.PositiveSmallIntegerField(default=10, verbose_name='customers hear of the plan after (minutes)'),
        ),
    ]
