-- Money that is set off leaves one invoice and comes in on another of the same customer: two rows, the same euros.
CREATE OR REPLACE FUNCTION wt_set_off_balances() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM invoicing_payment o
      JOIN invoicing_invoice theirs ON theirs.id = o.invoice_id
      JOIN invoicing_invoice ours ON ours.id = NEW.invoice_id
     WHERE (o.id = NEW.taken_from_id OR o.taken_from_id = NEW.id) AND o.method = 'set_off' AND o.amount = -NEW.amount
       AND theirs.id <> ours.id AND theirs.customer_id = ours.customer_id) THEN
    RAISE EXCEPTION 'payment % is set off with no other invoice of the customer', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_set_off_balances() FROM PUBLIC;

DROP TRIGGER IF EXISTS set_off_balances ON invoicing_payment;
CREATE CONSTRAINT TRIGGER set_off_balances AFTER INSERT ON invoicing_payment DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.method = 'set_off' OR NEW.taken_from_id IS NOT NULL) EXECUTE FUNCTION wt_set_off_balances();
