CREATE OR REPLACE FUNCTION wt_searched_request() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' OR NEW.search_words IS NULL
    OR (NEW.number, NEW.customer_id, NEW.contact_id, NEW.site_id, NEW.type_id, NEW.description) IS DISTINCT FROM
      (OLD.number, OLD.customer_id, OLD.contact_id, OLD.site_id, OLD.type_id, OLD.description)
  THEN
    NEW.search_words := wt_found_by(concat_ws(
      ' ', NEW.number, wt_said_of_customer(NEW.customer_id), wt_said_of_contact(NEW.contact_id), wt_said_of_site(NEW.site_id),
      (SELECT concat_ws(' ', name, name_nl) FROM intake_requesttype WHERE id = NEW.type_id), NEW.description));
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION wt_searched_request() FROM PUBLIC;

CREATE OR REPLACE TRIGGER searched BEFORE INSERT OR UPDATE ON intake_request
  FOR EACH ROW EXECUTE FUNCTION wt_searched_request();

CREATE OR REPLACE TRIGGER searched_intake_request AFTER UPDATE OF name, email, phone ON customers_customer
  FOR EACH ROW WHEN ((OLD.name, OLD.email, OLD.phone) IS DISTINCT FROM (NEW.name, NEW.email, NEW.phone))
  EXECUTE FUNCTION wt_searched_again('intake_request', 'customer_id');
CREATE OR REPLACE TRIGGER searched_intake_request AFTER UPDATE OF name, street, house_number, postal_code, city ON customers_site
  FOR EACH ROW EXECUTE FUNCTION wt_searched_again('intake_request', 'site_id');
CREATE OR REPLACE TRIGGER searched_intake_request AFTER UPDATE OF name, email, phone ON customers_contact
  FOR EACH ROW EXECUTE FUNCTION wt_searched_again('intake_request', 'contact_id');
CREATE OR REPLACE TRIGGER searched AFTER UPDATE OF name, name_nl ON intake_requesttype
  FOR EACH ROW WHEN ((OLD.name, OLD.name_nl) IS DISTINCT FROM (NEW.name, NEW.name_nl))
  EXECUTE FUNCTION wt_searched_again('intake_request', 'type_id');
