-- A name as people look it up: case and accents make no difference, and the numbers in it sort as numbers;
-- each apostrophe is the same.
-- The schema is named: a backup is restored with an empty search path, and builds the indexes then.
CREATE OR REPLACE FUNCTION wt_by_name(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT public.wt_in_order(translate(public.wt_plain(given), '’‘`', ''''''''))
$$;
