-- Reviews, and the ledger of billables: each piece of evidence and each agreed line with its one fate.
INSERT INTO review_review (work_order_id, status, opened_at, sent_back_at, approved_at, approved_by_id, version)
SELECT id, CASE WHEN approved THEN 'approved' WHEN status = 'returned' THEN 'returned' ELSE 'open' END,
  review_at, CASE WHEN status = 'returned' THEN approved_at END,
  CASE WHEN approved THEN approved_at END, CASE WHEN approved THEN handler END, CASE WHEN status = 'in_review' THEN 0 ELSE 1 END
FROM scale_job WHERE approved OR status IN ('in_review', 'returned');

INSERT INTO review_extraworkoffer (
  extra_work_id, description, quantity, unit, unit_price, vat_code_id, net, vat, total, status, nonce, token_hash, expires_at, sent_at,
  offered_by_id, answered_at, answered_by, version)
SELECT e.id, e.description, e.hours, 'HUR', p.rate_normal, p.vat_high, e.net, e.vat, e.net + e.vat, e.status, e.nonce,
  pg_temp.token_hash('extra_work', e.nonce), e.at + interval '14 days', e.at + interval '30 minutes', e.handler,
  LEAST(e.at + interval '3 hours', e.approved_at), left(e.customer, 120), 1
FROM (
  SELECT x.*, j.handler, j.customer, j.approved_at, pg_temp.uuid(x.id, 601) AS nonce, round(x.hours * p.rate_normal, 2) AS net,
    round(round(x.hours * p.rate_normal, 2) * CASE WHEN j.reverse_charge THEN 0 ELSE p.high_rate END / 100, 2) AS vat
  FROM scale_extra x JOIN scale_job j USING (n) CROSS JOIN scale_p p WHERE x.status <> 'waiting'
) e, scale_p p;

CREATE TEMP TABLE scale_billable AS
WITH charged AS (
  -- The stretches of one visit and kind are rounded up together: each gets what the sum so far gains.
  SELECT t.*, round(extract(epoch FROM ended_at - started_at)::numeric / 3600, 3) AS recorded,
    ceil(sum(extract(epoch FROM ended_at - started_at)) OVER stretch / (60 * p.step)) * p.step / 60.0
    - COALESCE(ceil(sum(extract(epoch FROM ended_at - started_at)) OVER earlier / (60 * p.step)) * p.step / 60.0, 0) AS hours
  FROM scale_time t, scale_p p
  WHERE ended_at IS NOT NULL AND kind <> 'pause'
  WINDOW stretch AS (PARTITION BY visit_id, kind ORDER BY started_at, id),
    earlier AS (PARTITION BY visit_id, kind ORDER BY started_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), rows AS (
  SELECT j.n, 0 AS place, CASE l.kind WHEN 'call_out' THEN 'call_out' ELSE 'agreed' END AS kind, NULL::bigint AS time_entry_id,
    NULL::bigint AS material_usage_id, NULL::bigint AS extra_work_id, l.id AS quote_line_id, l.description, l.quantity AS recorded,
    l.quantity, l.unit, l.unit_price, l.unit_cost, l.discount::numeric AS discount, l.vat_code_id, l.vat_category, l.vat_rate,
    'quote line:' || l.id AS source, 'billable' AS proposed, 'as_agreed' AS proposal
  FROM scale_job j JOIN scale_quote q ON q.of = 'job' AND q.n = j.n JOIN scale_line l ON l.q = q.q AND (NOT l.optional OR l.chosen)
  WHERE j.approved OR j.status IN ('in_review', 'returned')
  UNION ALL
  SELECT j.n, 1, 'time', t.id, NULL, NULL, NULL,
    CASE t.kind WHEN 'travel' THEN 'Reistijd ' ELSE 'Arbeid ' END || to_char(t.started_at AT TIME ZONE 'Europe/Amsterdam', 'DD-MM') || ', ' || j.technician,
    t.recorded, t.hours, 'HUR', CASE t.kind WHEN 'travel' THEN p.rate_travel ELSE p.rate_normal END, j.cost, 0, p.vat_high,
    CASE WHEN j.reverse_charge THEN 'AE' ELSE 'S' END, CASE WHEN j.reverse_charge THEN 0 ELSE p.high_rate END,
    CASE t.kind WHEN 'travel' THEN p.rate_travel_source ELSE p.rate_normal_source END,
    CASE WHEN t.kind = 'travel' AND NOT p.charge_travel THEN 'included' WHEN j.basis = 'actuals' THEN 'billable' ELSE 'included' END,
    CASE WHEN t.kind = 'travel' AND NOT p.charge_travel THEN 'travel_free' WHEN j.basis = 'actuals' THEN 'as_recorded'
      WHEN j.basis = 'sold_hours' AND t.kind = 'work' THEN 'within_sold' ELSE 'in_agreement' END
  FROM charged t JOIN scale_job j USING (n) CROSS JOIN scale_p p
  WHERE j.approved OR j.status IN ('in_review', 'returned')
  UNION ALL
  SELECT j.n, 2, 'material', NULL, u.id, NULL, NULL, u.name, u.quantity, u.quantity, u.unit, u.price, u.cost, 0, p.vat_high,
    CASE WHEN j.reverse_charge THEN 'AE' ELSE 'S' END, CASE WHEN j.reverse_charge THEN 0 ELSE p.high_rate END, u.source,
    CASE WHEN j.basis = 'actuals' THEN 'billable' ELSE 'included' END, CASE WHEN j.basis = 'actuals' THEN 'as_recorded' ELSE 'in_agreement' END
  FROM scale_usage u JOIN scale_job j USING (n) CROSS JOIN scale_p p
  WHERE j.approved OR j.status IN ('in_review', 'returned')
  UNION ALL
  SELECT j.n, 3, 'extra_work', NULL, NULL, x.id, NULL, x.description, x.hours, x.hours, 'HUR', p.rate_normal, 0, 0, p.vat_high,
    CASE WHEN j.reverse_charge THEN 'AE' ELSE 'S' END, CASE WHEN j.reverse_charge THEN 0 ELSE p.high_rate END, p.rate_normal_source,
    CASE x.status WHEN 'approved' THEN 'billable' WHEN 'declined' THEN 'written_off' ELSE 'pending' END,
    CASE x.status WHEN 'approved' THEN 'extra_approved' WHEN 'declined' THEN 'extra_declined' ELSE 'extra_unoffered' END
  FROM scale_extra x JOIN scale_job j USING (n) CROSS JOIN scale_p p
  WHERE j.approved OR j.status IN ('in_review', 'returned')
), numbered AS (
  SELECT rows.*, row_number() OVER (ORDER BY n, place, quote_line_id, time_entry_id, material_usage_id, extra_work_id) AS m FROM rows
)
SELECT b.*, m + pg_temp.base('review_billable') AS id, j.id AS work_order_id, j.approved, j.approved_at, j.handler,
  round(b.quantity * b.unit_price * (100 - b.discount) / 100, 2) AS net,
  CASE
    WHEN j.approved AND b.proposed = 'billable' AND b.kind = 'material' AND pg_temp.h(m, 602, 100) < 3 THEN 'written_off'
    WHEN NOT j.approved AND b.proposed = 'written_off' THEN 'pending'
    ELSE b.proposed
  END AS fate
FROM numbered b JOIN scale_job j USING (n);
CREATE INDEX ON scale_billable (n);
ANALYZE scale_billable;

-- The jobs of each invoice: a company gets one per month of jobs that stand alike, everybody else one per job.
CREATE TEMP TABLE scale_invoiced AS
SELECT j.n, dense_rank() OVER (ORDER BY
    CASE WHEN c.kind = 'company' THEN c.id ELSE 0 END, CASE WHEN c.kind = 'company' THEN to_char(j.day, 'YYYYMM') ELSE '' END,
    j.status, CASE WHEN c.kind = 'company' THEN 0 ELSE j.n END) AS i
FROM scale_job j JOIN scale_customer c ON c.n = j.customer_n
WHERE j.status IN ('invoiced', 'closed') OR (j.status = 'ready_for_invoicing' AND pg_temp.h(j.n, 701, 100) < 25);

INSERT INTO review_billable (
  id, work_order_id, kind, time_entry_id, material_usage_id, extra_work_id, quote_line_id, corrects_id, description, recorded_quantity,
  quantity, unit, unit_price, list_price, claimed, unit_cost, discount, vat_code_id, vat_category, vat_rate, price_source, fate, proposal, reason,
  decided_by_id, decided_at, created_at)
SELECT id, work_order_id, kind, time_entry_id, material_usage_id, extra_work_id, quote_line_id, NULL, left(description, 300), recorded,
  quantity, unit, unit_price, unit_price, fate = 'billable' AND EXISTS (SELECT 1 FROM scale_invoiced x WHERE x.n = b.n),
  unit_cost, discount, vat_code_id, vat_category, vat_rate, source, fate, proposal,
  CASE fate WHEN 'written_off' THEN 'Coulance, in overleg met de klant.' ELSE '' END,
  CASE WHEN approved THEN handler END, CASE WHEN approved THEN approved_at END, approved_at
FROM scale_billable b;

-- What no review settled, recorded or agreed, is priced by the worker, as it comes to it.
INSERT INTO review_stalejob (work_order_id) SELECT id FROM scale_job WHERE NOT approved;
