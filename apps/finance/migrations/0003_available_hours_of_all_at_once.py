from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("finance", "0002_cancelled_jobs_cost")]

    # `wt_available` comes with 0008: it reads hours that hold from a day.
    operations = [
        migrations.AddIndex("daysum", models.Index(fields=["kind", "key", "day"], name="day_sum_of_one"))
    ]
