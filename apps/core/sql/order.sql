-- A text by which the numbers in it sort as numbers: F26-9999 stands before F26-10000, and house number 9 before 10.
CREATE OR REPLACE FUNCTION wt_in_order(given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT regexp_replace(regexp_replace(given, '(\d+)', '000000000\1', 'g'), '\d*(\d{10})', '\1', 'g')
$$;
