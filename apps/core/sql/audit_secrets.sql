-- One audit function for every table. SECURITY DEFINER: the writer needs no right on the log.
-- Row level, so ORM, bulk and raw statements are all seen. The trigger's arguments name columns that hold a secret: the
-- audit leaves them out.
CREATE OR REPLACE FUNCTION wt_audit_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE o jsonb; n jsonb; changed jsonb;
BEGIN
  IF TG_OP <> 'INSERT' THEN o := to_jsonb(OLD) - coalesce(TG_ARGV, '{}'); END IF;
  IF TG_OP <> 'DELETE' THEN n := to_jsonb(NEW) - coalesce(TG_ARGV, '{}'); END IF;
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
