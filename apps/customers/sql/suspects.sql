-- Two customers that may be one: what they have in common, counted. A name alone tells of companies, and of persons in one town.
-- What more than six share is the telephone or the address of a building, or a name that many have, and tells nothing.
CREATE OR REPLACE VIEW customers_suspect AS
WITH said AS (
  SELECT id, 'name ' || CASE WHEN kind = 'person' THEN lower(city) ELSE '' END || ' ' || same_name AS word
    FROM customers_customer WHERE merged_into_id IS NULL AND same_name <> ''
  UNION ALL
  SELECT id, 'phone ' || phone FROM customers_customer WHERE merged_into_id IS NULL AND phone <> ''
  UNION ALL
  SELECT id, 'email ' || email FROM customers_customer WHERE merged_into_id IS NULL AND email <> ''
  UNION ALL
  SELECT id, 'address ' || same_address FROM customers_customer WHERE merged_into_id IS NULL AND same_address <> ''
),
shared AS (SELECT array_agg(id ORDER BY id) AS ids FROM said GROUP BY word HAVING count(*) BETWEEN 2 AND 6)
SELECT first || '-' || second AS id, first AS first_id, second AS second_id, count(*)::int AS in_common
  FROM shared, unnest(ids) AS first, unnest(ids) AS second
 WHERE first < second
   AND NOT EXISTS (SELECT 1 FROM customers_apart a WHERE a.first_id = first AND a.second_id = second)
 GROUP BY first, second;
