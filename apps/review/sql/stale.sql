-- Whatever changes what a job is worth marks the job, and the worker brings its billables up to date within a minute
-- (`review.actions.billables_catch_up`). Below the price line nobody knows what becomes of the mark.
-- SECURITY DEFINER: a technician may not read or write anything of the review.
CREATE OR REPLACE FUNCTION wt_job_stale() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE r record; job bigint;
BEGIN
  IF TG_OP = 'DELETE' THEN r := OLD; ELSE r := NEW; END IF;
  IF TG_TABLE_NAME = 'workorders_workorder' THEN
    job := r.id;
  ELSIF TG_TABLE_NAME IN ('quotes_quote', 'maintenance_jobprice') THEN
    job := r.work_order_id;
  ELSIF TG_TABLE_NAME = 'review_extraworkoffer' THEN
    SELECT v.work_order_id INTO job FROM field_extrawork e JOIN field_visit v ON v.id = e.visit_id WHERE e.id = r.extra_work_id;
  ELSE
    SELECT work_order_id INTO job FROM field_visit WHERE id = r.visit_id;
  END IF;
  IF job IS NOT NULL THEN
    INSERT INTO review_stalejob (work_order_id) VALUES (job) ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_job_stale() FROM PUBLIC;

CREATE OR REPLACE TRIGGER stale_when_added AFTER INSERT OR UPDATE ON field_timeentry
  FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL AND NEW.kind <> 'pause') EXECUTE FUNCTION wt_job_stale();
CREATE OR REPLACE TRIGGER stale_when_removed AFTER DELETE ON field_timeentry
  FOR EACH ROW EXECUTE FUNCTION wt_job_stale();
CREATE OR REPLACE TRIGGER stale AFTER INSERT OR UPDATE OR DELETE ON field_materialusage
  FOR EACH ROW EXECUTE FUNCTION wt_job_stale();
CREATE OR REPLACE TRIGGER stale AFTER INSERT OR UPDATE OR DELETE ON field_extrawork
  FOR EACH ROW EXECUTE FUNCTION wt_job_stale();
CREATE OR REPLACE TRIGGER stale AFTER INSERT OR UPDATE ON review_extraworkoffer
  FOR EACH ROW EXECUTE FUNCTION wt_job_stale();
CREATE OR REPLACE TRIGGER stale AFTER INSERT OR UPDATE OF status, work_order_id ON quotes_quote
  FOR EACH ROW EXECUTE FUNCTION wt_job_stale();
CREATE OR REPLACE TRIGGER stale AFTER UPDATE OF sold_hours, billing_basis, customer_id ON workorders_workorder
  FOR EACH ROW WHEN (OLD.sold_hours <> NEW.sold_hours OR OLD.billing_basis <> NEW.billing_basis
                     OR OLD.customer_id <> NEW.customer_id) EXECUTE FUNCTION wt_job_stale();

-- What a technician takes back before or after a review keeps its place in the ledger: recorded, and charged at nothing.
-- Nothing is taken off it then, or added to it, either.
-- During a review, and once it is approved or stands on an invoice, the reference refuses it, as ever.
CREATE OR REPLACE FUNCTION wt_evidence_taken_back() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE job bigint;
BEGIN
  SELECT work_order_id INTO job FROM field_visit WHERE id = OLD.visit_id;
  IF NOT EXISTS (SELECT 1 FROM review_review WHERE work_order_id = job AND status <> 'returned') THEN
    IF TG_TABLE_NAME = 'field_materialusage' THEN
      UPDATE review_billable SET quantity = 0, fate = 'included', proposal = 'nothing' WHERE kind = 'correction' AND NOT claimed
             AND corrects_id IN (SELECT id FROM review_billable WHERE material_usage_id = OLD.id);
      UPDATE review_billable SET material_usage_id = NULL, quantity = 0, fate = 'included', proposal = 'taken_back', reason = '',
             decided_at = NULL, decided_by_id = NULL WHERE material_usage_id = OLD.id;
    ELSE
      UPDATE review_billable SET quantity = 0, fate = 'included', proposal = 'nothing' WHERE kind = 'correction' AND NOT claimed
             AND corrects_id IN (SELECT id FROM review_billable WHERE extra_work_id = OLD.id);
      UPDATE review_billable SET extra_work_id = NULL, quantity = 0, fate = 'included', proposal = 'taken_back', reason = '',
             decided_at = NULL, decided_by_id = NULL WHERE extra_work_id = OLD.id;
    END IF;
  END IF;
  RETURN OLD;
END $$;
REVOKE ALL ON FUNCTION wt_evidence_taken_back() FROM PUBLIC;
CREATE OR REPLACE TRIGGER taken_back BEFORE DELETE ON field_materialusage
  FOR EACH ROW EXECUTE FUNCTION wt_evidence_taken_back();
CREATE OR REPLACE TRIGGER taken_back BEFORE DELETE ON field_extrawork
  FOR EACH ROW EXECUTE FUNCTION wt_evidence_taken_back();
