-- The words of a text, for indexed search. Only words: left to itself, Postgres reads W26-0014 as a negative number and
-- an e-mail address as one word. COST tells the planner what a row without the index really costs (some 40 microseconds),
-- so that it takes the index for a rare word, and the newest rows first for a common one.
CREATE OR REPLACE FUNCTION wt_words(given text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 2000 AS $$
BEGIN
  RETURN to_tsvector('pg_catalog.simple', regexp_replace(coalesce(given, ''), '\W+', ' ', 'g'));
END $$;
