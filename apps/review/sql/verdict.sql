-- A review is approved only when nothing is pending, whoever asks.
CREATE OR REPLACE FUNCTION wt_review_decided() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM review_billable WHERE work_order_id = NEW.work_order_id AND fate = 'pending') THEN
    RAISE EXCEPTION 'review % has something pending', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_review_has_nothing_pending';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER approved_review_has_nothing_pending BEFORE INSERT OR UPDATE OF status ON review_review
  FOR EACH ROW WHEN (NEW.status = 'approved') EXECUTE FUNCTION wt_review_decided();

-- What an approved review decided is history: a correction adds to it. The lock orders this against approval.
-- What comes in afterwards waits, pending, for somebody to review again. Whether it stands on an invoice is the
-- invoice's business (`invoicing/sql/claims.sql`), and generated columns are not known yet before the row is written.
CREATE OR REPLACE FUNCTION wt_billable_settled() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE found text; b review_billable; beside text[] := ARRAY['claimed', 'net', 'recorded_net'];
BEGIN
  IF TG_OP = 'DELETE' THEN b := OLD; ELSE b := NEW; END IF;
  -- What is asked beforehand is no evidence: when it is left to the final invoice, the two parts of it come to nothing.
  IF b.kind = 'deposit' THEN
    beside := beside || ARRAY['fate', 'proposal', 'reason', 'decided_at', 'decided_by_id', 'work_order_id'];
  END IF;
  SELECT status INTO found FROM review_review WHERE work_order_id = b.work_order_id FOR SHARE;
  IF found = 'approved' AND TG_OP <> 'INSERT' AND (TG_OP = 'DELETE' OR to_jsonb(OLD) - beside <> to_jsonb(NEW) - beside) THEN
    RAISE EXCEPTION 'billable % was settled by an approved review', b.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'settled_billable_is_history';
  END IF;
  RETURN b;
END $$;
CREATE OR REPLACE TRIGGER settled_billable_is_history BEFORE INSERT OR UPDATE OR DELETE ON review_billable
  FOR EACH ROW EXECUTE FUNCTION wt_billable_settled();
