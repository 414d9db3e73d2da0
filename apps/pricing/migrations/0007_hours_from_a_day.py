from datetime import date

import django.contrib.postgres.constraints
from django.db import migrations, models

# What was set before had no day: it held for whatever was priced.
ALWAYS = date(2000, 1, 1)


class Migration(migrations.Migration):
    """The hours of the rates hold from a day on, as prices do."""

    dependencies = [("pricing", "0006_rate_hours")]

    operations = [
        migrations.AddField(
            model_name="ratewindow",
            name="valid_from",
            field=models.DateField(default=ALWAYS, verbose_name="valid from"),
            preserve_default=False,
        ),
        migrations.AlterModelOptions(
            name="ratewindow",
            options={
                "ordering": ["valid_from", "day", "starts"],
                "verbose_name": "hours of a rate",
                "verbose_name_plural": "hours of rates",
            },
        ),
        migrations.RemoveConstraint(model_name="ratewindow", name="rate_windows_do_not_overlap"),
        migrations.AddConstraint(
            model_name="ratewindow",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (models.Func("valid_from", "valid_from", models.Value("[]"), function="daterange"), "&&"),
                    (models.Func("day", "day", models.Value("[]"), function="int4range"), "&&"),
                    (models.Func("starts", "ends", function="int4range"), "&&"),
                ],
                name="rate_windows_do_not_overlap",
            ),
        ),
    ]
