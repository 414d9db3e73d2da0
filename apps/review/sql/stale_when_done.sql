-- When the technician is done, what was estimated and not recorded is no longer to come: the job is counted anew.
CREATE OR REPLACE TRIGGER stale_when_done AFTER UPDATE OF status ON workorders_workorder
  FOR EACH ROW WHEN (OLD.status <> NEW.status AND 'ready_for_review' IN (OLD.status, NEW.status)) EXECUTE FUNCTION wt_job_stale();
