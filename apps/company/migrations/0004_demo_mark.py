"""A demo company says so: without that, nothing writes fiction into an installation."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql"
# Demo companies of before; nobody real has an address that is reserved for examples (RFC 2606).
KNOWN = "UPDATE company_company SET demo = true WHERE email = 'info@markenzonen.example'"
UNDO = "DROP TRIGGER demo_mark ON company_company; DROP FUNCTION wt_demo_mark();"


class Migration(migrations.Migration):
    dependencies = [("company", "0003_setup_mark")]

    operations = [
        migrations.AddField(
            model_name="company", name="demo", field=models.BooleanField(default=False, editable=False)
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
        migrations.RunSQL((SQL / "demo_mark.sql").read_text(), UNDO),
    ]
