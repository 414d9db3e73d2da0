-- By what customers sort: `wt_by_name`, and de Vries at V where the company has it so (`prefix_behind`).

-- A plain name with its prefix behind: `de vries` is `vries de`, so that all who are called Vries stand together.
CREATE OR REPLACE FUNCTION wt_prefix_behind(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT regexp_replace(given,
    '^((?:(?:van|von|aan|bij|in|onder|op|over|uit|voor)[ -]+(?:den|der|de|het|''t|’t)|van|von|den|der|des|de|het|''t|’t|''s|’s|la|le|ten|ter|te))[ -]+(\S.*)$',
    '\2 \1')
$$;

CREATE OR REPLACE FUNCTION wt_sorted_customer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.sort_name := wt_by_name(CASE WHEN (SELECT prefix_behind FROM company_company)
    THEN wt_prefix_behind(wt_plain(NEW.name)) ELSE NEW.name END);
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION wt_sorted_customer() FROM PUBLIC;
CREATE OR REPLACE TRIGGER sorted BEFORE INSERT OR UPDATE OF name, sort_name ON customers_customer
  FOR EACH ROW EXECUTE FUNCTION wt_sorted_customer();

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
ALTER TABLE customers_customer DISABLE TRIGGER USER; ALTER TABLE customers_customer ENABLE TRIGGER sorted;
UPDATE customers_customer SET sort_name = '';
ALTER TABLE customers_customer ENABLE TRIGGER USER;
