-- Quotes, each with one version and its lines. The content that is hashed is computed by the product's own rules
-- (apps/acceptance/scale/contents.py) before 50_acceptances.sql.
CREATE TEMP TABLE scale_quote AS
WITH rows AS (
  SELECT 'job' AS of, n, customer_id, customer, address, site_id, type_id, request_id, id AS work_order_id, w, title, scope, sold,
    basis, handler, reverse_charge, number AS job_number, created_at AS answered_at,
    CASE WHEN surveyed THEN survey_at + interval '20 hours' ELSE created_at - interval '3 days' END AS created_at, 'accepted' AS status
  FROM scale_job WHERE quoted
  UNION ALL
  SELECT 'offer', o.n, o.customer_id, o.customer, o.address, o.site_id, o.type_id, r.id, NULL, o.w, o.title, o.scope, o.sold,
    CASE WHEN o.n % 5 < 3 THEN 'fixed_price' ELSE 'sold_hours' END, o.handler, o.reverse_charge, NULL,
    CASE WHEN o.status IN ('declined', 'withdrawn') THEN LEAST(o.created_at + interval '4 days', p.now_at)
      WHEN o.status = 'expired' THEN o.created_at + interval '31 days' END,
    o.created_at, o.status
  FROM scale_offer o JOIN scale_request r ON r.of = 'offer' AND r.n = o.n CROSS JOIN scale_p p
), drawn AS (
  SELECT rows.*, row_number() OVER (ORDER BY created_at, of, n) AS q FROM rows
)
SELECT drawn.*, q + pg_temp.base('quotes_quote') AS id, q + pg_temp.base('quotes_quoteversion') AS version_id,
  pg_temp.number('quote', drawn.created_at, row_number() OVER (
    PARTITION BY extract(year FROM drawn.created_at AT TIME ZONE 'Europe/Amsterdam') ORDER BY q)) AS number,
  CASE WHEN status <> 'draft' THEN drawn.created_at + interval '70 minutes' END AS sent_at,
  (drawn.created_at AT TIME ZONE 'Europe/Amsterdam')::date + 30 AS valid_until,
  pg_temp.uuid(q, 301) AS nonce, c.name AS customer_name, c.language
FROM drawn JOIN customers_customer c ON c.id = drawn.customer_id;
ALTER TABLE scale_quote ADD PRIMARY KEY (q);

CREATE TEMP TABLE scale_line AS
WITH lines AS (
  SELECT q.q, 1 AS position, 'labour' AS kind, 'Arbeid' AS description, NULL::bigint AS material_id, 'normal' AS rate_kind,
    q.sold::numeric AS quantity, 'HUR' AS unit, p.rate_normal AS unit_price, p.labour_cost AS unit_cost,
    CASE WHEN pg_temp.h(q.q, 310, 10) = 0 THEN 5 ELSE 0 END AS discount, false AS optional, false AS low, p.rate_normal_source AS source
  FROM scale_quote q, scale_p p
  UNION ALL
  SELECT q.q, 2, 'call_out', 'Voorrijkosten', NULL, 'call_out', 1, 'C62', p.rate_call_out, 0, 0, false, false, p.rate_call_out_source
  FROM scale_quote q, scale_p p WHERE p.rate_call_out IS NOT NULL
  UNION ALL
  SELECT q.q, (2 + row_number() OVER (PARTITION BY q.q ORDER BY part.material_id))::int, 'material', part.name, part.material_id, '',
    GREATEST(part.most, 1), part.unit, part.price, part.cost, 0, false, false, part.source
  FROM scale_quote q JOIN scale_part part USING (w)
  UNION ALL
  SELECT q.q, 20, 'labour', 'Isoleren van leidingen', NULL, 'normal', 1.5, 'HUR', p.rate_normal, p.labour_cost, 0, false, true, p.rate_normal_source
  FROM scale_quote q, scale_p p WHERE pg_temp.h(q.q, 311, 10) = 0 AND p.vat_low IS NOT NULL
  UNION ALL
  SELECT q.q, 21, 'text', 'Afvoeren van oud materiaal', NULL, '', 1, 'C62', 45, 0, 0, true, false, ''
  FROM scale_quote q WHERE pg_temp.h(q.q, 312, 4) = 0
)
SELECT l.*, row_number() OVER (ORDER BY l.q, l.position) + pg_temp.base('quotes_quoteline') AS id, q.version_id,
  l.optional AND q.status = 'accepted' AND pg_temp.h(l.q, 313, 2) = 0 AS chosen,
  CASE WHEN l.low THEN p.vat_low ELSE p.vat_high END AS vat_code_id,
  CASE WHEN q.reverse_charge THEN 'AE' ELSE 'S' END AS vat_category,
  CASE WHEN q.reverse_charge THEN 0 WHEN l.low THEN p.low_rate ELSE p.high_rate END AS vat_rate,
  round(l.quantity * l.unit_price * (100 - l.discount) / 100, 2) AS net
FROM lines l JOIN scale_quote q USING (q) CROSS JOIN scale_p p;
CREATE INDEX ON scale_line (q);
ANALYZE scale_line;
ANALYZE scale_quote;

CREATE TEMP TABLE scale_sum AS
WITH sums AS (
  SELECT q, vat_category, vat_rate, sum(net) AS base, round(sum(net) * vat_rate / 100, 2) AS vat
  FROM scale_line WHERE NOT optional GROUP BY 1, 2, 3
)
SELECT q, sum(base) AS net, sum(vat) AS vat, sum(base) + sum(vat) AS total FROM sums GROUP BY q;
ALTER TABLE scale_sum ADD PRIMARY KEY (q);
