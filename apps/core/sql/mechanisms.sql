-- Append-only tables and frozen rows refuse with a sentence of their own.
CREATE OR REPLACE FUNCTION wt_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0]
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- One audit function for every table. SECURITY DEFINER: the writer needs no right on the log.
-- Row level, so ORM, bulk and raw statements are all seen.
CREATE OR REPLACE FUNCTION wt_audit_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE o jsonb; n jsonb; changed jsonb;
BEGIN
  IF TG_OP <> 'INSERT' THEN o := to_jsonb(OLD); END IF;
  IF TG_OP <> 'DELETE' THEN n := to_jsonb(NEW); END IF;
  IF TG_OP = 'UPDATE' THEN
    SELECT jsonb_object_agg(e.key, e.value) INTO changed FROM jsonb_each(n) e WHERE o -> e.key IS DISTINCT FROM e.value;
    IF changed IS NULL THEN RETURN NULL; END IF;
    SELECT jsonb_object_agg(e.key, e.value) INTO o FROM jsonb_each(o) e WHERE changed ? e.key;
  ELSE
    changed := n;
  END IF;
  INSERT INTO core_rowchange (at, transaction, user_id, db_role, request_id, table_name, row_id, operation, old, new)
  VALUES (
    clock_timestamp(), (pg_current_xact_id()::text)::bigint,
    NULLIF(current_setting('app.user_id', true), '')::bigint,
    COALESCE(NULLIF(current_setting('role'), 'none'), session_user),
    COALESCE(current_setting('app.request_id', true), ''),
    TG_TABLE_NAME, COALESCE(n ->> 'id', o ->> 'id', ''), left(TG_OP, 1), o, changed);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_audit_row() FROM PUBLIC;

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON core_rowchange
  FOR EACH ROW EXECUTE FUNCTION wt_refuse('the audit is append-only');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON core_auditevent
  FOR EACH ROW EXECUTE FUNCTION wt_refuse('the audit is append-only');

-- The next number of a series. Waits for whoever holds the series' row; a rollback gives the number back.
-- SECURITY DEFINER: no role may write core_counter in any other way.
CREATE OR REPLACE FUNCTION wt_number_take(wanted text, wanted_year integer) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE taken integer; start text;
BEGIN
  SELECT prefix INTO STRICT start FROM core_series WHERE name = wanted;
  INSERT INTO core_counter (series, year, last) VALUES (wanted, wanted_year, 1)
    ON CONFLICT (series, year) DO UPDATE SET last = core_counter.last + 1
    RETURNING last INTO taken;
  RETURN start || lpad((wanted_year % 100)::text, 2, '0') || '-' || lpad(taken::text, greatest(4, length(taken::text)), '0');
END $$;

-- A role is shown only the answers that were made for it: an office answer may hold prices.
ALTER TABLE core_idempotentanswer ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own_role ON core_idempotentanswer;
CREATE POLICY own_role ON core_idempotentanswer USING (db_role = current_user) WITH CHECK (db_role = current_user);

-- Django's database cache: shared throttling of logins. Unlogged, as a crash may forget it.
CREATE UNLOGGED TABLE IF NOT EXISTS core_cache (
  cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX IF NOT EXISTS core_cache_expires ON core_cache (expires);
