-- The next number of a series. Waits for whoever holds the series' row; a rollback gives the number back.
-- `given` is the last number that a document got; `last` runs ahead of it when somebody chose where to go on.
-- SECURITY DEFINER: no role may write core_counter in any other way.
CREATE OR REPLACE FUNCTION wt_number_take(wanted text, wanted_year integer) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE taken integer; start text;
BEGIN
  SELECT prefix INTO STRICT start FROM core_series WHERE name = wanted;
  INSERT INTO core_counter (series, year, last, given) VALUES (wanted, wanted_year, 1, 1)
    ON CONFLICT (series, year) DO UPDATE SET last = core_counter.last + 1, given = core_counter.last + 1
    RETURNING last INTO taken;
  RETURN start || lpad((wanted_year % 100)::text, 2, '0') || '-' || lpad(taken::text, greatest(4, length(taken::text)), '0');
END $$;

-- Where a series goes on in a year: only forward from what was given. Invoices and credit notes have no gaps, so
-- theirs can be chosen only before the first. Whoever may call it stands in config/database_roles.py.
CREATE OR REPLACE FUNCTION wt_number_next(wanted text, wanted_year integer, wanted_next integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE so_far integer;
BEGIN
  PERFORM FROM core_series WHERE name = wanted;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no series %', wanted USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  INSERT INTO core_counter (series, year, last, given) VALUES (wanted, wanted_year, 0, 0) ON CONFLICT DO NOTHING;
  SELECT given INTO so_far FROM core_counter WHERE series = wanted AND year = wanted_year FOR UPDATE;
  IF wanted_next <= so_far OR (wanted IN ('invoice', 'credit_note') AND so_far > 0 AND wanted_next <> so_far + 1) THEN
    RAISE EXCEPTION '% of % went to %: % cannot be the next', wanted, wanted_year, so_far, wanted_next
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  UPDATE core_counter SET last = wanted_next - 1 WHERE series = wanted AND year = wanted_year;
END $$;
REVOKE ALL ON FUNCTION wt_number_next(text, integer, integer) FROM PUBLIC;
