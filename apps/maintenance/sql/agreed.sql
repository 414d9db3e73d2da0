-- What was agreed for a job holds: the way of billing and the sold hours decide what of it is asked, as with an accepted quote.
CREATE OR REPLACE FUNCTION wt_contract_terms_hold() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM maintenance_jobprice p WHERE p.work_order_id = NEW.id) THEN
    RAISE EXCEPTION 'work order % is the visit of a contract: its terms hold', NEW.id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'agreed_terms_hold';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION wt_contract_terms_hold() FROM PUBLIC;
CREATE OR REPLACE TRIGGER contract_terms_hold BEFORE UPDATE OF sold_hours, billing_basis ON workorders_workorder
  FOR EACH ROW WHEN (OLD.sold_hours <> NEW.sold_hours OR OLD.billing_basis <> NEW.billing_basis)
  EXECUTE FUNCTION wt_contract_terms_hold();

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON maintenance_jobprice
  FOR EACH ROW EXECUTE FUNCTION wt_refuse('what was agreed for a job never changes');
