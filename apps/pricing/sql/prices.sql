-- What is asked for a unit of a material at a moment; 0 when nobody priced it. What `pricing.lookup` says, for statements
-- that add up what is not priced one by one yet.
CREATE OR REPLACE FUNCTION wt_material_price(wanted bigint, moment timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT coalesce((
    SELECT price FROM pricing_materialprice WHERE material_id = wanted AND valid_from <= moment::date
     ORDER BY valid_from DESC, id DESC LIMIT 1), 0)
$$;
