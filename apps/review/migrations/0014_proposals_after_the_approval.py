from pathlib import Path

from django.db import migrations

PROPOSED = (Path(__file__).resolve().parent.parent / "sql" / "stale_when_proposed.sql").read_text(encoding="utf-8")
UNDO = """
DROP TRIGGER IF EXISTS stale ON field_timeproposal;
DROP FUNCTION IF EXISTS wt_proposal_stale();
"""
# Those that came after an approval before this step.
MISSED = """
INSERT INTO review_stalejob (work_order_id)
SELECT DISTINCT r.work_order_id
  FROM field_timeproposal p
  JOIN field_timeentry t ON t.id = p.entry_id
  JOIN field_visit v ON v.id = t.visit_id
  JOIN review_review r ON r.work_order_id = v.work_order_id
 WHERE r.status = 'approved' AND p.at > r.approved_at
ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    """What a technician proposes after the approval is put before somebody."""

    dependencies = [("review", "0013_included"), ("field", "0006_time_proposal")]

    operations = [
        migrations.RunSQL(PROPOSED, UNDO),
        migrations.RunSQL(MISSED, migrations.RunSQL.noop),
    ]
