-- What nobody judged (`concern_view.sql`) holds the approval; what was found never changes.
-- A review is approved only when everything of it was judged, whoever asks.
CREATE OR REPLACE FUNCTION wt_review_judged() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM review_concern WHERE work_order_id = NEW.work_order_id AND open) THEN
    RAISE EXCEPTION 'review % has something that nobody judged', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_review_is_judged';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION wt_review_judged() FROM PUBLIC;
CREATE OR REPLACE TRIGGER approved_review_is_judged BEFORE INSERT OR UPDATE OF status ON review_review
  FOR EACH ROW WHEN (NEW.status = 'approved') EXECUTE FUNCTION wt_review_judged();

-- A finding never changes: a newer one takes its place, and it says so.
CREATE OR REPLACE FUNCTION wt_finding_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.standing AND NOT NEW.standing AND to_jsonb(OLD) - 'standing' = to_jsonb(NEW) - 'standing' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% on % is refused: what was found never changes', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE OR REPLACE TRIGGER frozen BEFORE UPDATE OR DELETE ON review_finding
  FOR EACH ROW EXECUTE FUNCTION wt_finding_frozen();
