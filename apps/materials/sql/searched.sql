CREATE OR REPLACE FUNCTION wt_searched_material() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' OR NEW.search_words IS NULL
    OR (NEW.code, NEW.name, NEW.barcode, NEW.category_id)
      IS DISTINCT FROM (OLD.code, OLD.name, OLD.barcode, OLD.category_id)
  THEN
    NEW.search_words := wt_found_by(concat_ws(
      ' ', NEW.code, NEW.name, NEW.barcode, (SELECT name FROM materials_category WHERE id = NEW.category_id)));
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION wt_searched_material() FROM PUBLIC;

CREATE OR REPLACE TRIGGER searched BEFORE INSERT OR UPDATE ON materials_material
  FOR EACH ROW EXECUTE FUNCTION wt_searched_material();

CREATE OR REPLACE FUNCTION wt_searched_category() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE materials_material SET search_words = NULL WHERE category_id = NEW.id;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_searched_category() FROM PUBLIC;

CREATE OR REPLACE TRIGGER searched AFTER UPDATE OF name ON materials_category
  FOR EACH ROW EXECUTE FUNCTION wt_searched_category();
