CREATE OR REPLACE FUNCTION wt_searched_work_order() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' OR NEW.search_words IS NULL
    OR (NEW.number, NEW.customer_id, NEW.contact_id, NEW.site_id, NEW.title) IS DISTINCT FROM
      (OLD.number, OLD.customer_id, OLD.contact_id, OLD.site_id, OLD.title)
  THEN
    NEW.search_words := wt_found_by(concat_ws(
      ' ', NEW.number, wt_said_of_customer(NEW.customer_id), NEW.title, wt_said_of_contact(NEW.contact_id),
      wt_said_of_site(NEW.site_id)));
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION wt_searched_work_order() FROM PUBLIC;

CREATE OR REPLACE TRIGGER searched BEFORE INSERT OR UPDATE ON workorders_workorder
  FOR EACH ROW EXECUTE FUNCTION wt_searched_work_order();

CREATE OR REPLACE TRIGGER searched_workorders_workorder AFTER UPDATE OF name, email, phone ON customers_customer
  FOR EACH ROW WHEN ((OLD.name, OLD.email, OLD.phone) IS DISTINCT FROM (NEW.name, NEW.email, NEW.phone))
  EXECUTE FUNCTION wt_searched_again('workorders_workorder', 'customer_id');
CREATE OR REPLACE TRIGGER searched_workorders_workorder AFTER UPDATE OF name, street, house_number, postal_code, city ON customers_site
  FOR EACH ROW EXECUTE FUNCTION wt_searched_again('workorders_workorder', 'site_id');
CREATE OR REPLACE TRIGGER searched_workorders_workorder AFTER UPDATE OF name, email, phone ON customers_contact
  FOR EACH ROW EXECUTE FUNCTION wt_searched_again('workorders_workorder', 'contact_id');
