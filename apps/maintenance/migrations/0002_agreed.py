from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "agreed.sql"
UNDO = """
DROP TRIGGER IF EXISTS contract_terms_hold ON workorders_workorder;
DROP TRIGGER IF EXISTS append_only ON maintenance_jobprice;
DROP FUNCTION IF EXISTS wt_contract_terms_hold();
"""


class Migration(migrations.Migration):
    """What was agreed for a visit holds."""

    dependencies = [("maintenance", "0001_initial")]

    operations = [migrations.RunSQL(SQL.read_text(), UNDO)]
