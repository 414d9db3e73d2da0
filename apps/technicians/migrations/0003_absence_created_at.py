from django.db import migrations, models

import apps.core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("technicians", "0002_versions"),
    ]

    operations = [
        migrations.AddField(
            model_name="absence",
            name="created_at",
            field=models.DateTimeField(default=apps.core.clock.now, editable=False),
        ),
    ]
