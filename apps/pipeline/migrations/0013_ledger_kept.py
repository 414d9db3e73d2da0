from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"
UNDO = """
    DROP TRIGGER pipeline_ledger ON review_billable;
    DROP TRIGGER pipeline_ledger_moved ON review_billable;
    DROP FUNCTION wt_pipeline_ledger();
    DROP FUNCTION wt_pipeline_lines();
"""


class Migration(migrations.Migration):
    """The sums of the ledger follow its lines."""

    dependencies = [("pipeline", "0012_ledger_sums"), ("review", "0017_contract_visits")]

    operations = [migrations.RunSQL((SQL / "ledger.sql").read_text(), UNDO)]
