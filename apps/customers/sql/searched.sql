-- What customers are found by, and what a record of theirs is found by besides its own words.
-- SECURITY DEFINER: who may change a record need have no right to read all that it is found by.

CREATE OR REPLACE FUNCTION wt_said_of_customer(wanted bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT concat_ws(' ', name, email, phone, wt_digits(phone)) FROM customers_customer WHERE id = wanted
$$;
REVOKE ALL ON FUNCTION wt_said_of_customer(bigint) FROM PUBLIC;

CREATE OR REPLACE FUNCTION wt_said_of_site(wanted bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT concat_ws(' ', name, street, house_number, postal_code, city) FROM customers_site WHERE id = wanted
$$;
REVOKE ALL ON FUNCTION wt_said_of_site(bigint) FROM PUBLIC;

CREATE OR REPLACE FUNCTION wt_said_of_contact(wanted bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT concat_ws(' ', name, email, phone, wt_digits(phone)) FROM customers_contact WHERE id = wanted
$$;
REVOKE ALL ON FUNCTION wt_said_of_contact(bigint) FROM PUBLIC;

CREATE OR REPLACE FUNCTION wt_searched_customer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' OR NEW.search_words IS NULL
    OR (NEW.name, NEW.email, NEW.quote_email, NEW.invoice_email, NEW.planning_email, NEW.phone, NEW.street, NEW.house_number,
        NEW.postal_code, NEW.city, NEW.kvk_number, NEW.vat_number)
      IS DISTINCT FROM
      (OLD.name, OLD.email, OLD.quote_email, OLD.invoice_email, OLD.planning_email, OLD.phone, OLD.street, OLD.house_number,
        OLD.postal_code, OLD.city, OLD.kvk_number, OLD.vat_number)
  THEN
    NEW.search_words := wt_found_by(concat_ws(
      ' ', NEW.name, NEW.street, NEW.house_number, NEW.postal_code, NEW.city, NEW.email, NEW.quote_email, NEW.invoice_email,
      NEW.planning_email, NEW.phone, wt_digits(NEW.phone),
      NEW.kvk_number, NEW.vat_number,
      (SELECT string_agg(wt_said_of_contact(id), ' ' ORDER BY id) FROM customers_contact WHERE customer_id = NEW.id),
      (SELECT string_agg(wt_said_of_site(id), ' ' ORDER BY id) FROM customers_site WHERE customer_id = NEW.id)));
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION wt_searched_customer() FROM PUBLIC;

CREATE OR REPLACE TRIGGER searched BEFORE INSERT OR UPDATE ON customers_customer
  FOR EACH ROW EXECUTE FUNCTION wt_searched_customer();

-- A site or a contact that changed: its customer's words are made anew.
CREATE OR REPLACE FUNCTION wt_searched_part_of_customer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE customers_customer SET search_words = NULL WHERE id IN (OLD.customer_id, NEW.customer_id);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_searched_part_of_customer() FROM PUBLIC;

-- Of rows that come together each customer's words are made once: they hold all of them, and are long.
CREATE OR REPLACE FUNCTION wt_searched_parts_of_customers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE customers_customer SET search_words = NULL WHERE id IN (SELECT customer_id FROM added);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_searched_parts_of_customers() FROM PUBLIC;

CREATE OR REPLACE TRIGGER searched AFTER DELETE OR UPDATE OF name, street, house_number, postal_code, city, customer_id
  ON customers_site FOR EACH ROW EXECUTE FUNCTION wt_searched_part_of_customer();
CREATE OR REPLACE TRIGGER searched_added AFTER INSERT ON customers_site REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION wt_searched_parts_of_customers();
CREATE OR REPLACE TRIGGER searched AFTER DELETE OR UPDATE OF name, email, phone, customer_id
  ON customers_contact FOR EACH ROW EXECUTE FUNCTION wt_searched_part_of_customer();
CREATE OR REPLACE TRIGGER searched_added AFTER INSERT ON customers_contact REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION wt_searched_parts_of_customers();

-- What a record of another table is found by besides its own words changed: makes the words of those records anew.
-- Arguments: their table, and the column in it that names this row.
CREATE OR REPLACE FUNCTION wt_searched_again() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  EXECUTE format('UPDATE public.%I SET search_words = NULL WHERE %I = $1', TG_ARGV[0], TG_ARGV[1]) USING NEW.id;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_searched_again() FROM PUBLIC;
