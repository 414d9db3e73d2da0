-- What so much of a part, or of an hour, comes to at the prices of the job's accepted quote, when `before` was used already: each line
-- up to its quantity, in the order of the quote, the last for all that comes after. NULL where the quote prices it not, and on
-- other billing bases than actuals. What `review.agreements` says, for statements about what is not priced one by one yet.
CREATE OR REPLACE FUNCTION wt_agreed_value(job bigint, part bigint, hour text, before numeric, quantity numeric) RETURNS numeric
LANGUAGE sql STABLE AS $$
  SELECT sum(greatest(least(before + quantity, upto) - greatest(before, since), 0) * price) FROM (
    SELECT l.unit_price * (100 - l.discount) / 100 AS price,
           sum(l.quantity) OVER turn - l.quantity AS since,
           CASE WHEN lead(l.id) OVER turn IS NULL THEN 'infinity' ELSE sum(l.quantity) OVER turn END AS upto
      FROM workorders_workorder w
      JOIN quotes_quote q ON q.work_order_id = w.id AND q.status = 'accepted'
      JOIN quotes_acceptance a ON a.version_id = q.current_id
      JOIN quotes_quoteline l ON l.version_id = a.version_id AND l.quantity > 0 AND (NOT l.optional OR a.options @> to_jsonb(l.id))
     WHERE w.id = job AND w.billing_basis = 'actuals'
       AND CASE l.kind
             WHEN 'material' THEN l.material_id = part AND l.unit = (SELECT unit FROM materials_material WHERE id = part)
             WHEN 'labour' THEN part IS NULL AND l.unit = 'HUR' AND coalesce(nullif(l.rate_kind, ''), 'normal') = hour
           END
    WINDOW turn AS (ORDER BY l.position, l.id)) line
$$;
