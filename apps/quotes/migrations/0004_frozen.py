from django.db import migrations

# Who may read a link is decided by this function: an exact hash in, the link's id out. The public role reads no table
# of quotes; it becomes the office's role only after this has answered.
SQL = """
CREATE OR REPLACE FUNCTION wt_quote_link(wanted text) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT id FROM quotes_quotelink WHERE token_hash = wanted
$$;

CREATE OR REPLACE TRIGGER frozen BEFORE UPDATE OR DELETE ON quotes_quoteversion
  FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION wt_refuse('a sent version never changes');

-- The lock makes "add a line" and "send" take turns.
CREATE OR REPLACE FUNCTION wt_quote_line_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM quotes_quoteversion
    WHERE id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.version_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.version_id END)
    ORDER BY id FOR NO KEY UPDATE;
  IF EXISTS (
    SELECT 1 FROM quotes_quoteversion
    WHERE id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.version_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.version_id END)
      AND frozen_at IS NOT NULL
  ) THEN
    RAISE EXCEPTION '% on % is refused: the lines of a sent version never change', TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE OR REPLACE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON quotes_quoteline
  FOR EACH ROW EXECUTE FUNCTION wt_quote_line_guard();

-- A signature belongs to the content that it was put under, and to no other.
CREATE OR REPLACE FUNCTION wt_acceptance_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM quotes_quoteversion
    WHERE id = NEW.version_id AND frozen_at IS NOT NULL AND content_hash = NEW.shown ->> 'content_hash'
  ) THEN
    RAISE EXCEPTION 'INSERT on % is refused: what was accepted is not what was sent', TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER of_what_was_sent BEFORE INSERT ON quotes_acceptance
  FOR EACH ROW EXECUTE FUNCTION wt_acceptance_guard();
CREATE OR REPLACE TRIGGER frozen BEFORE UPDATE OR DELETE ON quotes_acceptance
  FOR EACH ROW EXECUTE FUNCTION wt_refuse('an acceptance never changes');
"""


class Migration(migrations.Migration):
    dependencies = [("quotes", "0003_lines_totals_templates"), ("core", "0002_mechanisms")]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
