from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = (Path(__file__).parent.parent / "sql" / "frozen.sql").read_text()

POINT = """
UPDATE field_visit v SET sign_off_id = s.id, sign_off_outdated_at = s.outdated_at FROM field_signoff s WHERE s.visit_id = v.id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("field", "0003_receipt_book"), ("core", "0002_mechanisms")]

    operations = [
        migrations.AddField(
            model_name="visit",
            name="sign_off",
            field=models.OneToOneField(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="field.signoff",
            ),
        ),
        migrations.AddField(
            model_name="visit",
            name="sign_off_outdated_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(POINT, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="signoff", name="outdated_at"),
        migrations.AlterField(
            model_name="signoff",
            name="visit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="sign_offs", to="field.visit"
            ),
        ),
        migrations.AlterModelOptions(
            name="signoff",
            options={"ordering": ["id"], "verbose_name": "sign-off", "verbose_name_plural": "sign-offs"},
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
