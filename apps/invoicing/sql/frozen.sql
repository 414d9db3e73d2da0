-- An issued invoice never changes, whoever asks: not by the ORM, not in bulk, not by hand, not as the owner.
-- `number` is what makes it issued. The only thing that may follow events is its status (and `version`, which counts them), and whose
-- it is when its customer is merged into another one: what is printed on it stays.
CREATE OR REPLACE FUNCTION wt_invoice_frozen() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE lines record; sums record; apart text[] := '{status, version, search_words}';
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.number IS NOT NULL OR NEW.status <> 'draft' THEN
      RAISE EXCEPTION 'an invoice begins as a draft without a number' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;

  IF TG_OP = 'DELETE' THEN
    IF OLD.number IS NOT NULL THEN
      RAISE EXCEPTION 'invoice % is issued: it cannot be deleted', OLD.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
  END IF;

  IF OLD.number IS NOT NULL THEN
    IF OLD.customer_id <> NEW.customer_id AND (
      EXISTS (SELECT 1 FROM customers_customer WHERE id = OLD.customer_id AND merged_into_id = NEW.customer_id)
      OR EXISTS (  -- the merge that brought it is undone
        SELECT 1 FROM core_merge
         WHERE subject_type = 'customers.customer' AND gone_id = NEW.customer_id AND kept_id = OLD.customer_id
           AND undone_at IS NULL AND moved -> 'invoicing.invoice.customer' @> to_jsonb(NEW.id))) THEN
      apart := apart || 'customer_id'::text;
    END IF;
    -- The words to search by are made of the rest, after this: here they are not there yet.
    IF to_jsonb(OLD) - apart <> to_jsonb(NEW) - apart THEN
      RAISE EXCEPTION 'invoice % is issued: it cannot be changed, only credited', OLD.number
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.version < OLD.version OR OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN (
      ('draft', 'issued'), ('issued', 'sent'), ('issued', 'paid'), ('sent', 'paid'), ('paid', 'sent'), ('paid', 'issued'),
      ('issued', 'credited'), ('sent', 'credited'), ('paid', 'credited')) THEN
      RAISE EXCEPTION 'invoice % cannot go from % to %', OLD.number, OLD.status, NEW.status
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;

  IF OLD.status = 'cancelled' AND NEW.status <> 'cancelled' THEN
    RAISE EXCEPTION 'a cancelled draft stays cancelled' USING ERRCODE = 'integrity_constraint_violation';
  END IF;

  IF OLD.status = 'draft' AND NEW.status NOT IN ('draft', 'cancelled') THEN
    -- What is printed, sent and exported reads these rows: they must say the same.
    SELECT count(*) AS n, coalesce(sum(net), 0) AS net INTO lines FROM invoicing_invoiceline WHERE invoice_id = NEW.id;
    -- A credit note rounds its VAT together with the earlier ones of its invoice, and what takes a deposit off with that: the parts
    -- are the whole, to the cent.
    SELECT coalesce(sum(v.base), 0) AS base, coalesce(sum(v.vat), 0) AS vat,
           coalesce(bool_and(v.vat = round((v.base + earlier.base) * v.rate / 100, 2) - earlier.vat), true) AS right_vat
      INTO sums
      FROM invoicing_vatline v
      CROSS JOIN LATERAL (
        SELECT coalesce(sum(part.base), 0) AS base, coalesce(sum(part.vat), 0) AS vat
          FROM (
            SELECT e.base, e.vat
              FROM invoicing_invoice n
              JOIN invoicing_vatline e ON e.invoice_id = n.id AND e.category = v.category AND e.rate = v.rate
             WHERE n.credits_id = NEW.credits_id AND n.number IS NOT NULL AND n.id <> NEW.id
            UNION ALL
            SELECT -l.net, -round(l.net * l.vat_rate / 100, 2)
              FROM invoicing_invoice n
              JOIN invoicing_invoiceline l ON l.invoice_id = n.id AND l.vat_category = v.category AND l.vat_rate = v.rate
             WHERE (n.id = NEW.id OR n.credits_id = NEW.credits_id AND n.number IS NOT NULL)
               AND l.deducts_id IS NOT NULL) part) earlier
     WHERE v.invoice_id = NEW.id;
    IF lines.n = 0 THEN
      RAISE EXCEPTION 'an invoice needs a line' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.net <> lines.net OR NEW.net <> sums.base OR NEW.vat <> sums.vat OR NOT sums.right_vat
      OR NEW.total <> NEW.net + NEW.vat OR NEW.payable <> NEW.total - NEW.prepaid
      OR EXISTS (
        SELECT 1 FROM (SELECT vat_category, vat_rate, sum(net) AS net FROM invoicing_invoiceline WHERE invoice_id = NEW.id GROUP BY 1, 2) l
        FULL JOIN (SELECT category, rate, base FROM invoicing_vatline WHERE invoice_id = NEW.id) v
          ON v.category = l.vat_category AND v.rate = l.vat_rate WHERE l.net IS DISTINCT FROM v.base) THEN
      RAISE EXCEPTION 'the totals of invoice % differ from its lines', NEW.number USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON invoicing_invoice
  FOR EACH ROW EXECUTE FUNCTION wt_invoice_frozen();

-- A number is given in the transaction that issues; a draft never keeps one.
CREATE OR REPLACE FUNCTION wt_invoice_numbered() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM invoicing_invoice WHERE id = NEW.id AND number IS NOT NULL AND status IN ('draft', 'cancelled')) THEN
    RAISE EXCEPTION 'draft % holds a number without being issued', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS numbered ON invoicing_invoice;
CREATE CONSTRAINT TRIGGER numbered AFTER UPDATE ON invoicing_invoice DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.number IS NOT NULL AND OLD.number IS NULL) EXECUTE FUNCTION wt_invoice_numbered();

-- Lines and VAT lines freeze with their invoice. The row lock makes "add a line" and "issue" take turns.
-- `live` may go from true to false: a credit note released the line.
CREATE OR REPLACE FUNCTION wt_invoice_part_frozen() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE taken text; mine bigint;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.invoice_id <> OLD.invoice_id THEN
    RAISE EXCEPTION 'a line stays on its invoice' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  mine := CASE TG_OP WHEN 'INSERT' THEN NEW.invoice_id ELSE OLD.invoice_id END;
  SELECT number INTO taken FROM invoicing_invoice WHERE id = mine FOR NO KEY UPDATE;
  IF taken IS NOT NULL THEN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'invoicing_invoiceline' THEN
      IF to_jsonb(OLD) - 'live' = to_jsonb(NEW) - 'live' AND (to_jsonb(OLD) -> 'live', to_jsonb(NEW) -> 'live') = ('true', 'false') THEN
        RETURN NEW;
      END IF;
    END IF;
    RAISE EXCEPTION 'invoice % is issued: its lines cannot be changed', taken USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON invoicing_invoiceline
  FOR EACH ROW EXECUTE FUNCTION wt_invoice_part_frozen();
CREATE OR REPLACE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON invoicing_vatline
  FOR EACH ROW EXECUTE FUNCTION wt_invoice_part_frozen();

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON invoicing_payment
  FOR EACH ROW EXECUTE FUNCTION wt_refuse('a payment is never changed, only reversed');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON invoicing_invoicefact
  FOR EACH ROW EXECUTE FUNCTION wt_refuse('what became true of an invoice stays true');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON invoicing_reminder
  FOR EACH ROW EXECUTE FUNCTION wt_refuse('a reminder that went out went out');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON invoicing_invoicedocument
  FOR EACH ROW EXECUTE FUNCTION wt_refuse('the documents of an invoice are made once');
