-- A text as it is searched in: small letters without accents, a point in numbers, no room before a unit. Spelled in the
-- same way in `materials.rules.folded` and in static/js/catalogue.js.
CREATE OR REPLACE FUNCTION wt_folded(given text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT regexp_replace(
  regexp_replace(translate(lower(normalize(coalesce(given, ''), NFD)), E'×,\u00a0', 'x. '), '[\u0300-\u036f]', '', 'g'),
  '([0-9]) +(mm|cm|dm|m|km|ml|cl|dl|l|mg|g|kg|kw|kwh|w|kv|v|ma|a|mbar|bar|inch)(?![a-z0-9])', '\1\2', 'g')
$$;
