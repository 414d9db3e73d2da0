from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("field", "0006_time_proposal")]

    operations = [
        migrations.AddIndex(
            model_name="timeentry",
            index=models.Index(fields=["technician", "ended_at"], name="clock_by_end"),
        ),
    ]
