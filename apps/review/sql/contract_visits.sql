-- The price of a contract's visit marks its job, as whatever else changes what a job is worth (stale.sql).
CREATE OR REPLACE TRIGGER stale AFTER INSERT ON maintenance_jobprice
  FOR EACH ROW EXECUTE FUNCTION wt_job_stale();

-- A contract's visit that nobody makes asks nothing: its price keeps its place in the ledger, agreed and charged at nothing. What stands
-- on an invoice, a draft included, stays as it is.
CREATE OR REPLACE FUNCTION wt_contract_visit_cancelled() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE review_billable SET quantity = 0, fate = 'included', proposal = 'nothing', reason = '', decided_at = NULL, decided_by_id = NULL
   WHERE work_order_id = NEW.id AND job_price_id IS NOT NULL AND NOT claimed;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_contract_visit_cancelled() FROM PUBLIC;
CREATE OR REPLACE TRIGGER contract_visit_cancelled AFTER UPDATE OF status ON workorders_workorder
  FOR EACH ROW WHEN (NEW.status = 'cancelled' AND OLD.status <> 'cancelled') EXECUTE FUNCTION wt_contract_visit_cancelled();
