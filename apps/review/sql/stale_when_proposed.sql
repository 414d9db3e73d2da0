-- Another end of work than the clock's is judged, whenever the technician proposes it: the worker looks whether the job was approved.
-- SECURITY DEFINER: a technician may not read or write anything of the review.
CREATE OR REPLACE FUNCTION wt_proposal_stale() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO review_stalejob (work_order_id)
  SELECT v.work_order_id FROM field_timeentry t JOIN field_visit v ON v.id = t.visit_id WHERE t.id = NEW.entry_id
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_proposal_stale() FROM PUBLIC;
CREATE OR REPLACE TRIGGER stale AFTER INSERT ON field_timeproposal
  FOR EACH ROW EXECUTE FUNCTION wt_proposal_stale();
