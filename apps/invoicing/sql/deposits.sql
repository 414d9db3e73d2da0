-- What a customer pays beforehand is asked for work that will be done: no invoice asks the deposit of a cancelled job. Once the
-- job is made again its deposit goes along, and may be asked.
CREATE OR REPLACE FUNCTION wt_deposit_of_cancelled_job() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT 1
      FROM invoicing_invoiceline l
      JOIN review_billable b ON b.id = l.billable_id AND b.kind = 'deposit' AND b.corrects_id IS NULL
      JOIN workorders_workorder w ON w.id = b.work_order_id AND w.status = 'cancelled'
     WHERE l.invoice_id = NEW.id AND l.live) THEN
    RAISE EXCEPTION 'invoice % asks the deposit of a cancelled job', NEW.id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'deposit_of_cancelled_job';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION wt_deposit_of_cancelled_job() FROM PUBLIC;
CREATE OR REPLACE TRIGGER deposit_of_cancelled_job BEFORE UPDATE OF status ON invoicing_invoice
  FOR EACH ROW WHEN (OLD.status = 'draft' AND NEW.status = 'issued' AND NEW.credits_id IS NULL)
  EXECUTE FUNCTION wt_deposit_of_cancelled_job();
