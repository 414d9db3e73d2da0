-- What is asked for a unit of a material at a moment; 0 when nobody priced it. What `pricing.lookup` says, for statements
-- that add up what is not priced one by one yet. A price begins with the day as the company knows it (settings.TIME_ZONE).
CREATE OR REPLACE FUNCTION wt_material_price(wanted bigint, moment timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT coalesce((
    SELECT price FROM pricing_materialprice WHERE material_id = wanted AND valid_from <= (moment AT TIME ZONE 'Europe/Amsterdam')::date
     ORDER BY valid_from DESC, id DESC LIMIT 1), 0)
$$;
