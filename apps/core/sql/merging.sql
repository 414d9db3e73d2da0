-- No row hangs on a record that was merged away. Arguments: the column, the table of the record, and what that is called. The lock
-- makes who adds a row and who merges take turns: the later one sees what the earlier one did.
-- SECURITY DEFINER: who may add a row need have no right to read the record.
CREATE OR REPLACE FUNCTION wt_merged_away() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE became bigint;
BEGIN
  EXECUTE format('SELECT merged_into_id FROM public.%I WHERE id = ($1).%I FOR KEY SHARE', TG_ARGV[1], TG_ARGV[0])
    INTO became USING NEW;
  IF became IS NOT NULL THEN
    RAISE EXCEPTION '% of % was merged into %', TG_ARGV[2], TG_TABLE_NAME, became
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'merged_away';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION wt_merged_away() FROM PUBLIC;

-- A record points to another only by a merge that is written down.
CREATE OR REPLACE FUNCTION wt_merge_written() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.merged_into_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM core_merge WHERE subject_type = TG_ARGV[0] AND undone_at IS NULL AND (
      gone_id = NEW.id OR gone_id = OLD.merged_into_id AND kept_id = NEW.merged_into_id)) THEN
    RAISE EXCEPTION '% % is merged without a merge that is written down', TG_ARGV[0], NEW.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION wt_merge_written() FROM PUBLIC;

-- What a merge did stays written down; the only thing that may become of it is that it is undone, once.
CREATE OR REPLACE FUNCTION wt_merge_frozen() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE apart CONSTANT text[] := '{undone_at, undone_by_id}';
BEGIN
  IF TG_OP = 'DELETE' OR OLD.undone_at IS NOT NULL OR to_jsonb(OLD) - apart <> to_jsonb(NEW) - apart THEN
    RAISE EXCEPTION 'a merge is never changed, only undone' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION wt_merge_frozen() FROM PUBLIC;

CREATE OR REPLACE TRIGGER frozen BEFORE UPDATE OR DELETE ON core_merge
  FOR EACH ROW EXECUTE FUNCTION wt_merge_frozen();
