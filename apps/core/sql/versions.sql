-- Counts the changes of a row, whoever changes it and however. Arguments: the columns that do not count.
CREATE OR REPLACE FUNCTION wt_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - TG_ARGV IS DISTINCT FROM to_jsonb(OLD) - TG_ARGV THEN
    NEW.version := OLD.version + 1;
  ELSIF NEW.version < OLD.version THEN
    NEW.version := OLD.version;
  END IF;
  RETURN NEW;
END $$;

-- The same for a row of which this row is a part. Arguments: its table, and the column here that names it.
-- SECURITY DEFINER: whoever may change the part need have no right on the whole.
CREATE OR REPLACE FUNCTION wt_version_of() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE part jsonb;
BEGIN
  IF TG_OP = 'DELETE' THEN part := to_jsonb(OLD); ELSE part := to_jsonb(NEW); END IF;
  EXECUTE format('UPDATE public.%I SET version = version + 1 WHERE id = $1', TG_ARGV[0])
    USING (part ->> TG_ARGV[1])::bigint;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_version_of() FROM PUBLIC;

-- Counts the changes of a whole table whose rows are edited as one page. Before the statement, so that whoever writes
-- waits for the others before any row is locked.
CREATE OR REPLACE FUNCTION wt_edition() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('edition:' || TG_TABLE_NAME));
  INSERT INTO core_edition (name, version, at, user_id)
    VALUES (TG_TABLE_NAME, 1, clock_timestamp(), NULLIF(current_setting('app.user_id', true), '')::bigint)
    ON CONFLICT (name) DO UPDATE
      SET version = core_edition.version + 1, at = EXCLUDED.at, user_id = EXCLUDED.user_id;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_edition() FROM PUBLIC;
