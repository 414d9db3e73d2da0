-- Only what is to be invoiced can be invoiced. The lock keeps its fate still until this transaction ends.
CREATE OR REPLACE FUNCTION wt_line_takes_billable() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE found text;
BEGIN
  SELECT fate INTO found FROM review_billable WHERE id = NEW.billable_id FOR SHARE;
  IF found IS DISTINCT FROM 'billable' THEN
    RAISE EXCEPTION 'billable % is %, not to be invoiced', NEW.billable_id, found
      USING ERRCODE = 'check_violation', CONSTRAINT = 'only_billables_are_invoiced';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER only_billables_are_invoiced BEFORE INSERT ON invoicing_invoiceline
  FOR EACH ROW WHEN (NEW.live AND NEW.billable_id IS NOT NULL) EXECUTE FUNCTION wt_line_takes_billable();

-- What stands on a live line of an invoice, a draft included, keeps its price and its fate.
CREATE OR REPLACE FUNCTION wt_billable_on_invoice() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM invoicing_invoiceline WHERE billable_id = OLD.id AND live) THEN
    RAISE EXCEPTION 'billable % stands on an invoice', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'invoiced_billable_is_frozen';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER invoiced_billable_is_frozen BEFORE UPDATE ON review_billable FOR EACH ROW
  WHEN (OLD.fate <> NEW.fate OR OLD.quantity <> NEW.quantity OR OLD.unit_price <> NEW.unit_price
        OR OLD.discount <> NEW.discount OR OLD.vat_rate <> NEW.vat_rate OR OLD.vat_category <> NEW.vat_category)
  EXECUTE FUNCTION wt_billable_on_invoice();
