from pathlib import Path

from django.db import migrations

ENTRIES = (Path(__file__).resolve().parent.parent / "sql" / "entries.sql").read_text(encoding="utf-8")
# Those that count otherwise now are counted anew by the worker.
ENDED = "INSERT INTO finance_mark (quote) SELECT id FROM quotes_quote WHERE status IN ('withdrawn', 'cancelled')"


class Migration(migrations.Migration):
    """A quote that was sent is won, lost or open: also one that was withdrawn, by the company or by the customer after the yes."""

    dependencies = [("finance", "0003_available_hours_of_all_at_once")]

    operations = [
        migrations.RunSQL(ENTRIES, migrations.RunSQL.noop),
        migrations.RunSQL(ENDED, migrations.RunSQL.noop),
    ]
