-- Requests: of the jobs that began with one, of quotes that came to nothing (next file), and those that are open now.
CREATE TEMP TABLE scale_offer AS
-- Quotes that were not, or not yet, accepted.
WITH drawn AS (
  SELECT k AS n, 1 + pg_temp.h(k, 201, p.customers) AS customer_n, p.now_at, p.office,
    p.now_at - (pg_temp.h(k, 202, 1000) / 1000.0)
      * (CASE WHEN k <= p.offers / 8 + 6 THEN interval '27 days' ELSE p.now_at - p.first_moment END) - interval '2 hours' AS created_at,
    pg_temp.h(k, 203, 100) AS r, 1 + pg_temp.h(k, 204, p.works) AS w
  FROM scale_p p, generate_series(1, p.offers) k
)
SELECT d.n, d.w, d.customer_n, c.id AS customer_id, s.id AS site_id, c.name AS customer, c.reverse_charge,
  s.site_street || ' ' || s.site_house_number || ' ' || s.site_postal_code || ' ' || s.site_city AS address,
  date_trunc('second', d.created_at) AS created_at, work.type_id, work.title, work.asked, work.scope,
  ceil(work.most_hours * 0.9 * 2) / 2.0 AS sold,
  d.office[1 + pg_temp.h(d.n, 205, cardinality(d.office))] AS handler,
  CASE
    WHEN d.now_at - d.created_at < interval '6 days' AND d.r < 45 THEN 'draft'
    WHEN d.now_at - d.created_at < interval '31 days' THEN (CASE WHEN d.r < 75 THEN 'sent' WHEN d.r < 95 THEN 'declined' ELSE 'withdrawn' END)
    WHEN d.r < 40 THEN 'declined' WHEN d.r < 95 THEN 'expired' ELSE 'withdrawn'
  END AS status
FROM drawn d
JOIN scale_customer c ON c.n = d.customer_n
JOIN scale_site s ON s.m = c.sites_before + 1 + pg_temp.h(d.n, 206, c.site_count)
JOIN scale_work work USING (w);

CREATE TEMP TABLE scale_open AS
-- What is open at the desk. Planned intakes use the intake time of coming days, which no job has claimed.
WITH free AS (
  SELECT s.technician_id, s.user_id, s.name, s.seq, s.day > p.today AS ahead,
    (s.day + CASE WHEN s.day > p.today THEN time '15:10' ELSE time '15:55' END) AT TIME ZONE 'Europe/Amsterdam' AS starts_at,
    row_number() OVER (PARTITION BY s.day > p.today ORDER BY pg_temp.h(s.technician_id * 1000 + s.seq, 210, 1000000)) AS place
  FROM scale_shift s, scale_p p
  WHERE (s.day > p.today AND s.seq > (SELECT max(seq) - 8 FROM scale_shift x WHERE x.technician_id = s.technician_id))
     OR (s.day BETWEEN p.today - 12 AND p.today - 1 AND s.project)
), drawn AS (
  SELECT k AS n, 1 + pg_temp.h(k, 211, p.customers) AS customer_n, 1 + pg_temp.h(k, 212, p.works) AS w, p.now_at,
    CASE k % 8 WHEN 0 THEN 'new' WHEN 1 THEN 'new' WHEN 2 THEN 'accepted' WHEN 3 THEN 'planned' WHEN 4 THEN 'planned'
      WHEN 5 THEN 'received' WHEN 6 THEN 'declined' ELSE CASE WHEN k % 16 = 7 THEN 'missed' ELSE 'received' END END AS status
  FROM scale_p p, generate_series(1, p.open_requests) k
), queued AS (
  SELECT *, row_number() OVER (PARTITION BY status = 'planned', status IN ('received', 'missed') ORDER BY n) AS place FROM drawn
)
SELECT q.n, q.w, q.customer_n, c.id AS customer_id, s.id AS site_id, c.name AS customer,
  s.site_street || ' ' || s.site_house_number || ' ' || s.site_postal_code || ' ' || s.site_city AS address,
  CASE WHEN q.status IN ('planned', 'received', 'missed') AND f.starts_at IS NULL THEN 'accepted' ELSE q.status END AS status,
  work.type_id, work.asked, work.most_hours, f.technician_id, f.user_id, f.starts_at,
  date_trunc('second', LEAST(COALESCE(f.starts_at, q.now_at), q.now_at) - interval '30 hours'
    - pg_temp.h(q.n, 213, 200000) * interval '1 second') AS created_at
FROM queued q
JOIN scale_customer c ON c.n = q.customer_n
JOIN scale_site s ON s.m = c.sites_before + 1 + pg_temp.h(q.n, 214, c.site_count)
JOIN scale_work work USING (w)
LEFT JOIN free f ON f.place = q.place AND ((q.status = 'planned' AND f.ahead) OR (q.status IN ('received', 'missed') AND NOT f.ahead));

CREATE TEMP TABLE scale_request AS
WITH rows AS (
  SELECT 'job' AS of, n, customer_id, customer, address, site_id, type_id, asked,
    CASE WHEN surveyed THEN survey_at - interval '2 days' WHEN quoted THEN created_at - interval '4 days'
      ELSE created_at - interval '3 hours' END AS created_at,
    'ordered' AS status, CASE WHEN surveyed THEN technician_id END AS technician_id, user_id, handler,
    CASE WHEN surveyed THEN survey_at END AS visit_at, sold AS hours
  FROM scale_job WHERE asked_for
  UNION ALL
  SELECT 'offer', n, customer_id, customer, address, site_id, type_id, asked, created_at - interval '1 day',
    CASE WHEN status IN ('declined', 'expired', 'withdrawn') THEN 'closed' ELSE 'quoted' END, NULL, NULL, handler, NULL, sold
  FROM scale_offer
  UNION ALL
  SELECT 'open', n, customer_id, customer, address, site_id, type_id, asked, created_at, status, technician_id, user_id, NULL,
    starts_at, most_hours
  FROM scale_open
)
SELECT rows.*, row_number() OVER (ORDER BY created_at, of, n) + pg_temp.base('intake_request') AS id,
  pg_temp.number('request', created_at, row_number() OVER (
    PARTITION BY extract(year FROM created_at AT TIME ZONE 'Europe/Amsterdam') ORDER BY created_at, of, n)) AS number,
  row_number() OVER (ORDER BY of, n) AS m
FROM rows;
ANALYZE scale_request;
UPDATE scale_job j SET request_id = r.id FROM scale_request r WHERE r.of = 'job' AND r.n = j.n;

INSERT INTO intake_request (
  id, number, customer_id, contact_id, site_id, type_id, source, urgency, description, preferred_from, preferred_until,
  preferred_part, technician_id, status, created_at, created_by_id, search_text, version)
SELECT r.id, r.number, r.customer_id, NULL, r.site_id, r.type_id,
  pg_temp.pick(ARRAY['web', 'phone', 'phone', 'phone', 'email', 'referral'], m, 220),
  pg_temp.pick(ARRAY['normal', 'normal', 'normal', 'normal', 'high', 'urgent'], m, 221), r.asked, NULL, NULL,
  pg_temp.pick(ARRAY['any', 'any', 'morning', 'afternoon'], m, 222), r.technician_id, r.status, r.created_at, r.handler,
  lower(concat_ws(' ', r.number, r.customer, r.address, t.name, t.name_nl, r.asked)),
  CASE r.status WHEN 'new' THEN 0 WHEN 'accepted' THEN 1 WHEN 'declined' THEN 1 WHEN 'planned' THEN 2 ELSE 3 END
FROM scale_request r JOIN intake_requesttype t ON t.id = r.type_id;

CREATE TEMP TABLE scale_report AS
SELECT row_number() OVER (ORDER BY r.id) + pg_temp.base('intake_intakereport') AS id, r.id AS request_id, r.technician_id,
  r.visit_at, r.hours, r.m, r.of, r.n, r.asked, r.status
FROM scale_request r
WHERE r.visit_at IS NOT NULL AND r.technician_id IS NOT NULL AND r.status IN ('received', 'ordered');

INSERT INTO intake_intakereport (id, request_id, technician_id, note, hours, execution, urgency, advice, handed_in_at, updated_at, version)
SELECT id, request_id, technician_id, 'Ter plaatse opgenomen: ' || asked, hours,
  pg_temp.pick(ARRAY['one', 'one', 'one', 'two', 'specialist'], m, 223), 'normal',
  CASE WHEN of = 'job' THEN 'quote' ELSE pg_temp.pick(ARRAY['quote', 'work_order', 'discuss'], m, 224) END,
  visit_at + interval '35 minutes', visit_at + interval '35 minutes', 0
FROM scale_report;

INSERT INTO intake_materialestimate (report_id, material_id, quantity)
SELECT s.id, part.material_id, GREATEST(part.most, 1)
FROM scale_report s
JOIN scale_job j ON s.of = 'job' AND j.n = s.n
JOIN scale_part part ON part.w = j.w;

INSERT INTO intake_intakephoto (report_id, file_id, key)
SELECT s.id, p.photos[1 + pg_temp.h(s.m, 225, cardinality(p.photos))], 'scale-' || s.request_id
FROM scale_report s, scale_p p;
