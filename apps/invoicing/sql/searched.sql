-- An invoice is found by what its customer is called now, by what stands on it since it was issued, and by the numbers of
-- its work orders and of what it credits.
CREATE OR REPLACE FUNCTION wt_searched_invoice() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' OR NEW.search_words IS NULL
    OR (NEW.number, NEW.customer_id, NEW.reference, NEW.credits_id, NEW.buyer) IS DISTINCT FROM
      (OLD.number, OLD.customer_id, OLD.reference, OLD.credits_id, OLD.buyer)
  THEN
    NEW.search_words := wt_found_by(concat_ws(
      ' ', NEW.number, NEW.reference, wt_said_of_customer(NEW.customer_id),
      (SELECT concat_ws(' ', street, house_number, postal_code, city) FROM customers_customer WHERE id = NEW.customer_id),
      concat_ws(' ', NEW.buyer ->> 'name', NEW.buyer ->> 'street_line', NEW.buyer ->> 'city_line', NEW.buyer ->> 'email'),
      (SELECT number FROM invoicing_invoice WHERE id = NEW.credits_id),
      (SELECT string_agg(number, ' ' ORDER BY number) FROM workorders_workorder WHERE id IN (
        SELECT work_order_id FROM invoicing_invoiceline WHERE invoice_id = NEW.id))));
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION wt_searched_invoice() FROM PUBLIC;

CREATE OR REPLACE TRIGGER searched BEFORE INSERT OR UPDATE ON invoicing_invoice
  FOR EACH ROW EXECUTE FUNCTION wt_searched_invoice();

-- The work orders of lines that were added or taken off, once for all lines of a statement.
CREATE OR REPLACE FUNCTION wt_searched_invoice_of_lines() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE invoicing_invoice SET search_words = NULL
    WHERE id IN (SELECT invoice_id FROM lines WHERE work_order_id IS NOT NULL);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_searched_invoice_of_lines() FROM PUBLIC;

CREATE OR REPLACE TRIGGER searched_added AFTER INSERT ON invoicing_invoiceline REFERENCING NEW TABLE AS lines
  FOR EACH STATEMENT EXECUTE FUNCTION wt_searched_invoice_of_lines();
CREATE OR REPLACE TRIGGER searched_taken AFTER DELETE ON invoicing_invoiceline REFERENCING OLD TABLE AS lines
  FOR EACH STATEMENT EXECUTE FUNCTION wt_searched_invoice_of_lines();

CREATE OR REPLACE TRIGGER searched_invoicing_invoice AFTER UPDATE OF name, email, phone, street, house_number, postal_code, city
  ON customers_customer FOR EACH ROW
  WHEN ((OLD.name, OLD.email, OLD.phone, OLD.street, OLD.house_number, OLD.postal_code, OLD.city) IS DISTINCT FROM
    (NEW.name, NEW.email, NEW.phone, NEW.street, NEW.house_number, NEW.postal_code, NEW.city))
  EXECUTE FUNCTION wt_searched_again('invoicing_invoice', 'customer_id');
