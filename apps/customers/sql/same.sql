-- What two records of the same customer have in common, however each was typed. The database writes it, so that no way in forgets it.

-- A name without case, accents, spaces, and the words that one writes and another leaves out.
CREATE OR REPLACE FUNCTION wt_same_name(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT left(coalesce(nullif(regexp_replace(regexp_replace(
      regexp_replace(wt_plain(given), '[.''’`]', '', 'g'),
      '\m(de heer|dhr|heer|mevrouw|mevr|mvr|mw|familie|fam|firma|fa|b ?v|n ?v|v ?o ?f|c ?v|bvba|sprl|srl|gmbh|ltd)\M', ' ', 'g'),
    '[^[:alnum:]]', '', 'g'), ''), regexp_replace(wt_plain(given), '[^[:alnum:]]', '', 'g')), 120)
$$;

-- An address: 71a is 71 A, 12-3 is 12/3. A Dutch postal code says which street; elsewhere the street tells.
CREATE OR REPLACE FUNCTION wt_same_address(country text, postal_code text, street text, house_number text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN door = '' OR place = '' THEN '' ELSE left(country || ' ' || place || ' ' || door, 240) END FROM (
    SELECT regexp_replace(regexp_replace(lower(house_number), '([0-9])\s*[-/+]\s*(?=[0-9])', '\1+', 'g'), '[^[:alnum:]½¼¾+]', '', 'g') AS door,
           CASE WHEN country = 'NL' THEN regexp_replace(upper(postal_code), '[^[:alnum:]]', '', 'g')
                ELSE nullif(regexp_replace(wt_plain(street), '[^[:alnum:]]', '', 'g'), '')
                  || regexp_replace(upper(postal_code), '[^[:alnum:]]', '', 'g') END AS place) parts
$$;

CREATE OR REPLACE FUNCTION wt_same_customer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'customers_customer' THEN
    NEW.same_name := wt_same_name(NEW.name);
  END IF;
  NEW.same_address := coalesce(wt_same_address(NEW.country, NEW.postal_code, NEW.street, NEW.house_number), '');
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION wt_same_customer() FROM PUBLIC;

CREATE OR REPLACE TRIGGER same BEFORE INSERT OR UPDATE ON customers_customer FOR EACH ROW EXECUTE FUNCTION wt_same_customer();
CREATE OR REPLACE TRIGGER same BEFORE INSERT OR UPDATE ON customers_site FOR EACH ROW EXECUTE FUNCTION wt_same_customer();

-- A customer points to another only by a merge that is written down.
CREATE OR REPLACE TRIGGER merge_written BEFORE INSERT OR UPDATE OF merged_into_id ON customers_customer
  FOR EACH ROW WHEN (NEW.merged_into_id IS NOT NULL) EXECUTE FUNCTION wt_merge_written('customers.customer');

-- Those who were there before: nothing else of a row changes, so no other trigger need look.
ALTER TABLE customers_customer DISABLE TRIGGER USER; ALTER TABLE customers_customer ENABLE TRIGGER same;
UPDATE customers_customer SET same_name = '';
ALTER TABLE customers_customer ENABLE TRIGGER USER;
ALTER TABLE customers_site DISABLE TRIGGER USER; ALTER TABLE customers_site ENABLE TRIGGER same;
UPDATE customers_site SET same_address = '';
ALTER TABLE customers_site ENABLE TRIGGER USER;
