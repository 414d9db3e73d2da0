-- What a customer accepted holds: the hours that were sold and how the work is billed decide what of it is asked, so on the job
-- that carries out an accepted quote nobody changes them. More is offered as extra work, or quoted anew.
CREATE OR REPLACE FUNCTION wt_agreed_terms_hold() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM quotes_quote q WHERE q.work_order_id = NEW.id AND q.status = 'accepted') THEN
    RAISE EXCEPTION 'work order % carries out an accepted quote: its terms hold', NEW.id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'agreed_terms_hold';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION wt_agreed_terms_hold() FROM PUBLIC;
CREATE OR REPLACE TRIGGER agreed_terms_hold BEFORE UPDATE OF sold_hours, billing_basis ON workorders_workorder
  FOR EACH ROW WHEN (OLD.sold_hours <> NEW.sold_hours OR OLD.billing_basis <> NEW.billing_basis)
  EXECUTE FUNCTION wt_agreed_terms_hold();
