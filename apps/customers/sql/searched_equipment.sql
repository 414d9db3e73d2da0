-- What equipment is found by: its own words, whose it is, and where it stands.

CREATE OR REPLACE FUNCTION wt_searched_equipment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' OR NEW.search_words IS NULL
    OR (NEW.kind, NEW.make, NEW.model, NEW.serial_number, NEW.site_id) IS DISTINCT FROM
      (OLD.kind, OLD.make, OLD.model, OLD.serial_number, OLD.site_id)
  THEN
    NEW.search_words := wt_found_by(concat_ws(
      ' ', NEW.kind, NEW.make, NEW.model, NEW.serial_number,
      (SELECT wt_said_of_customer(customer_id) FROM customers_site WHERE id = NEW.site_id), wt_said_of_site(NEW.site_id)));
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION wt_searched_equipment() FROM PUBLIC;

CREATE OR REPLACE TRIGGER searched BEFORE INSERT OR UPDATE ON customers_equipment
  FOR EACH ROW EXECUTE FUNCTION wt_searched_equipment();

CREATE OR REPLACE FUNCTION wt_searched_equipment_of_customer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE customers_equipment SET search_words = NULL
   WHERE site_id IN (SELECT id FROM customers_site WHERE customer_id = NEW.id);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_searched_equipment_of_customer() FROM PUBLIC;

CREATE OR REPLACE TRIGGER searched_customers_equipment AFTER UPDATE OF name, email, phone ON customers_customer
  FOR EACH ROW WHEN ((OLD.name, OLD.email, OLD.phone) IS DISTINCT FROM (NEW.name, NEW.email, NEW.phone))
  EXECUTE FUNCTION wt_searched_equipment_of_customer();
CREATE OR REPLACE TRIGGER searched_customers_equipment
  AFTER UPDATE OF name, street, house_number, postal_code, city, customer_id ON customers_site
  FOR EACH ROW EXECUTE FUNCTION wt_searched_again('customers_equipment', 'site_id');
