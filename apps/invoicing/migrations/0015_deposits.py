from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

FROZEN = Path(__file__).parent.parent / "sql" / "frozen.sql"


class Migration(migrations.Migration):
    """A line says which line of a deposit's invoice it takes off: their VAT adds up to the cent."""

    dependencies = [
        ("invoicing", "0014_stored_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="invoiceline",
            name="deducts",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="invoicing.invoiceline",
            ),
        ),
        migrations.RunSQL(FROZEN.read_text(), migrations.RunSQL.noop),
    ]
