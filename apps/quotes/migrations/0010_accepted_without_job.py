from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quotes", "0009_rate_hours")]

    operations = [
        migrations.AddIndex(
            model_name="quote",
            index=models.Index(
                condition=models.Q(("status", "accepted"), ("work_order__isnull", True)),
                fields=["id"],
                name="quote_without_job",
            ),
        ),
    ]
