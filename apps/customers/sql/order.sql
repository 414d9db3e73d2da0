-- By what customers sort: `wt_by_name`, and de Vries at V where the company has it so (`prefix_behind`).

-- A plain name with its prefix behind: `de vries` is `vries de`, so that all who are called Vries stand together.
CREATE OR REPLACE FUNCTION wt_prefix_behind(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT regexp_replace(given,
    '^((?:(?:van|von|aan|bij|in|onder|op|over|uit|voor)[ -]+(?:den|der|de|het|''t|’t)|van|von|den|der|des|de|het|''t|’t|''s|’s|la|le|ten|ter|te))[ -]+(\S.*)$',
    '\2 \1')
$$;

CREATE OR REPLACE FUNCTION wt_same_customer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'customers_customer' THEN
    NEW.same_name := wt_same_name(NEW.name);
    NEW.sort_name := wt_by_name(CASE WHEN (SELECT prefix_behind FROM company_company)
      THEN wt_prefix_behind(wt_plain(NEW.name)) ELSE NEW.name END);
  END IF;
  NEW.same_address := coalesce(wt_same_address(NEW.country, NEW.postal_code, NEW.street, NEW.house_number), '');
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION wt_same_customer() FROM PUBLIC;

-- The company changes its mind, or is made after its customers: those with a prefix are written again.
CREATE OR REPLACE FUNCTION wt_prefix_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE customers_customer SET sort_name = '' WHERE wt_prefix_behind(wt_plain(name)) <> wt_plain(name);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_prefix_moved() FROM PUBLIC;

CREATE OR REPLACE TRIGGER prefix_moved AFTER UPDATE OF prefix_behind ON company_company
  FOR EACH ROW WHEN (NEW.prefix_behind <> OLD.prefix_behind) EXECUTE FUNCTION wt_prefix_moved();
CREATE OR REPLACE TRIGGER prefix_given AFTER INSERT ON company_company FOR EACH ROW EXECUTE FUNCTION wt_prefix_moved();

-- Those who were there before: nothing else of a row changes, so no other trigger need look.
ALTER TABLE customers_customer DISABLE TRIGGER USER; ALTER TABLE customers_customer ENABLE TRIGGER same;
UPDATE customers_customer SET sort_name = '';
ALTER TABLE customers_customer ENABLE TRIGGER USER;
