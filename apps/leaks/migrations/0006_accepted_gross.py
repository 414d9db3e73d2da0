from django.db import migrations

import apps.core.fields

# What was written off before: with VAT it was what stands there now.
ACCEPTED = "UPDATE leaks_leak SET accepted_gross = abs(receivable) WHERE status = 'written_off'"


class Migration(migrations.Migration):
    dependencies = [("leaks", "0005_stages_and_signs")]

    operations = [
        migrations.AddField(
            model_name="leak",
            name="accepted_gross",
            field=apps.core.fields.MoneyField(decimal_places=2, max_digits=12, null=True),
        ),
        migrations.RunSQL(ACCEPTED, migrations.RunSQL.noop),
    ]
