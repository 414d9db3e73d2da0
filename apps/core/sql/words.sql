-- What a text is found by. `apps.core.search` asks for it, and spells what is typed in the same way.

-- Text as it is compared: no accents, no case. NFKD sets the accents of a letter apart, and they go.
CREATE OR REPLACE FUNCTION wt_plain(given text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT replace(replace(replace(
    translate(lower(regexp_replace(normalize(coalesce(given, ''), NFKD), '[\u0300-\u036f]', '', 'g')), 'øłđı×', 'oldix'),
    'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe')
$$;

-- The words of a text: letters and digits apart, so that 22mm and 22 mm, W26-0203 and w26 0203 are the same. Each stands
-- with its ends of three letters and more, by which the middle of a word is found as the beginning of one: `kraan` in
-- thermostaatkraan. Where a word begins it has the weight A.
CREATE OR REPLACE FUNCTION wt_words(given text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 5000 AS $$
DECLARE word text; place integer := 0; made text := '';
BEGIN
  FOR word IN SELECT left(m[1], 60) FROM regexp_matches(wt_plain(given), '\d+|[[:alpha:]]+', 'g') AS m LIMIT 400 LOOP
    place := place + 1;
    made := made || word || ':' || place || 'A ';
    FOR start IN 2 .. length(word) - 2 LOOP
      made := made || substr(word, start) || ':' || place || ' ';
    END LOOP;
  END LOOP;
  RETURN made::tsvector;
END $$;

-- The digits of a telephone number as it is kept (`core.telephone`): from abroad, and at home. What was written beside it
-- is none of it. Of anything else its digits.
CREATE OR REPLACE FUNCTION wt_digits(given text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN given ~ '^\+\d' THEN
    substring(given FROM '^\+(\d+)') || ' 0' ||
    substring(given FROM '^\+(?:1|7|3[578]\d|42\d|[2-9]\d)(\d+)')
  ELSE regexp_replace(coalesce(given, ''), '\D', '', 'g') END
$$;

-- A word, and what is left of it without one of its letters: what words that nearly are it have in common with it.
CREATE OR REPLACE FUNCTION wt_rests(word text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_agg(DISTINCT rest) FROM (
    SELECT word AS rest UNION ALL
    SELECT left(word, place - 1) || substr(word, place + 1) FROM generate_series(1, length(word)) AS place) AS all_rests
$$;

-- The words of a text for a column to search by, which learns those that did not occur yet. Nobody waits for who learns
-- the same word at the same time: it then stands there twice, which does no harm.
CREATE OR REPLACE FUNCTION wt_found_by(given text) RETURNS tsvector LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE words tsvector := wt_words(given);
BEGIN
  INSERT INTO core_searchword (word, rests)
    SELECT found.lexeme, wt_rests(found.lexeme) FROM unnest(words) AS found
    WHERE 'A' = ANY(found.weights) AND found.lexeme ~ '^[[:alpha:]]{4,24}$'
      AND NOT EXISTS (SELECT 1 FROM core_searchword known WHERE known.word = found.lexeme);
  RETURN words;
END $$;
REVOKE ALL ON FUNCTION wt_found_by(text) FROM PUBLIC;
