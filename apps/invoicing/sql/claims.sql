-- A billable knows whether it stands on a live line of an invoice, so that what does not is found without looking at
-- every line that there ever was.
CREATE OR REPLACE FUNCTION wt_billable_claimed() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE one bigint;
BEGIN
  IF TG_OP = 'DELETE' THEN one := OLD.billable_id; ELSE one := NEW.billable_id; END IF;
  UPDATE review_billable b SET claimed = found.live
    FROM (SELECT EXISTS (SELECT 1 FROM invoicing_invoiceline WHERE billable_id = one AND live) AS live) found
   WHERE b.id = one AND b.claimed <> found.live;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_billable_claimed() FROM PUBLIC;
CREATE OR REPLACE TRIGGER claimed_added AFTER INSERT OR UPDATE OF live ON invoicing_invoiceline
  FOR EACH ROW WHEN (NEW.billable_id IS NOT NULL) EXECUTE FUNCTION wt_billable_claimed();
CREATE OR REPLACE TRIGGER claimed_removed AFTER DELETE ON invoicing_invoiceline
  FOR EACH ROW WHEN (OLD.billable_id IS NOT NULL) EXECUTE FUNCTION wt_billable_claimed();
UPDATE review_billable b SET claimed = true
  FROM invoicing_invoiceline l WHERE l.billable_id = b.id AND l.live AND NOT b.claimed;
