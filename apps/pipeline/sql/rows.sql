-- Where every euro stands: one row per record and place, and each amount in exactly one row. docs/algorithms/pipeline.md.
--
-- A row says its `place` as the records have it, and what it turns into by the passing of time alone: a planned visit that
-- is past (`turns_at`), an invoice that is due (`due`). Nothing in here asks for the present: `pipeline.querysets` does.
-- `net` is euros without VAT. `hours` are promised or recorded hours that nobody priced yet; the reader prices them.
-- `gross` is what a customer still owes, VAT included; below zero it is owed to them.
--
-- This is what is true, made from the records. Pages read `pipeline_standing`, which the database keeps by it: sql/standing.sql
-- asks each part below about the few records that a transaction wrote. `record_id` goes through to the tables in each.
DROP VIEW IF EXISTS pipeline_row, pipeline_request, pipeline_quote, pipeline_undecided, pipeline_draft, pipeline_holder;
DROP FUNCTION IF EXISTS wt_pipeline_jobs(bigint[]);

-- The jobs that hold money which no invoice asks for, whatever their status says.
CREATE VIEW pipeline_holder AS
SELECT id FROM workorders_workorder
 WHERE status IN ('to_plan', 'planned', 'in_progress', 'ready_for_review', 'in_review', 'ready_for_invoicing',
                  'action_required', 'missed', 'on_hold', 'returned')
 UNION
SELECT work_order_id FROM review_billable WHERE fate IN ('pending', 'billable') AND NOT claimed
 UNION
SELECT work_order_id FROM review_stalejob;

CREATE VIEW pipeline_request AS
-- An intake that came in, at what its report estimates.
SELECT 'request-' || r.id AS id, 'quote_unsent'::text AS place, NULL::text AS turns_into, NULL::timestamptz AS turns_at,
       NULL::date AS due, coalesce(p.handed_in_at, r.created_at) AS since,
       'intake.request'::text AS record_type, r.id AS record_id, r.number::text AS label, r.customer_id,
       NULL::bigint AS work_order_id,
       coalesce((SELECT sum(e.quantity * wt_material_price(e.material_id, coalesce(p.handed_in_at, r.created_at)))
                   FROM intake_materialestimate e WHERE e.report_id = p.id), 0)::numeric(14, 2) AS net,
       coalesce(p.hours, 0)::numeric(12, 3) AS hours, 0::numeric(14, 2) AS gross
  FROM intake_request r
  LEFT JOIN intake_intakereport p ON p.request_id = r.id
 WHERE r.status = 'received';

CREATE VIEW pipeline_quote AS
-- An offer that waits for us, or for the customer: it is nobody's loss until somebody says that it is.
SELECT 'quote-' || q.id AS id, CASE WHEN q.status = 'draft' THEN 'quote_unsent' ELSE 'quote_unanswered' END AS place,
       NULL::text AS turns_into, NULL::timestamptz AS turns_at, NULL::date AS due,
       CASE WHEN q.status = 'draft' THEN q.created_at ELSE coalesce(v.frozen_at, q.created_at) END AS since,
       'quotes.quote'::text AS record_type, q.id AS record_id, q.number::text AS label, q.customer_id,
       NULL::bigint AS work_order_id, v.net::numeric(14, 2) AS net, 0::numeric(12, 3) AS hours, 0::numeric(14, 2) AS gross
  FROM quotes_quote q JOIN quotes_quoteversion v ON v.id = q.current_id
 WHERE q.status IN ('draft', 'sent', 'expired')
UNION ALL
-- A yes that no job carries out: there is none, or it was cancelled before anybody worked at it.
SELECT 'quote-' || q.id, 'unplanned', NULL, NULL, NULL, a.at, 'quotes.quote', q.id, q.number::text, q.customer_id,
       NULL, (a.net - coalesce((
         -- less the deposit, while that stands on an invoice
         SELECT sum(b.net) FROM review_billable b WHERE b.work_order_id = w.id AND b.kind = 'deposit' AND b.claimed), 0))::numeric(14, 2),
       0::numeric(12, 3), 0::numeric(14, 2)
  FROM quotes_quote q
  JOIN quotes_acceptance a ON a.version_id = q.current_id
  LEFT JOIN workorders_workorder w ON w.id = q.work_order_id
 WHERE q.status = 'accepted' AND (w.id IS NULL OR w.status = 'cancelled' AND NOT EXISTS (
   SELECT 1 FROM review_billable b
    WHERE b.work_order_id = w.id AND b.kind <> 'deposit' AND (b.claimed OR b.quote_line_id IS NULL AND b.fate IN ('pending', 'billable'))));

-- What these jobs, of `pipeline_holder`, still have to bring, where each stands.
CREATE FUNCTION wt_pipeline_jobs(jobs bigint[]) RETURNS TABLE (
  id text, place text, turns_into text, turns_at timestamptz, due date, since timestamptz, record_type text, record_id bigint, label text,
  customer_id bigint, work_order_id bigint, net numeric, hours numeric, gross numeric
) LANGUAGE sql STABLE AS $$
WITH
job AS (
  SELECT w.id, w.number, w.customer_id, w.status, w.sold_hours, w.created_at, r.status AS review, r.approved_at, r.opened_at,
         -- What was agreed on a cancelled job goes back to its quote, unless something recorded used part of it up.
         w.status <> 'cancelled' OR EXISTS (
           SELECT 1 FROM review_billable b
            WHERE b.work_order_id = w.id AND b.kind <> 'deposit'
              AND (b.claimed OR b.quote_line_id IS NULL AND b.fate IN ('pending', 'billable'))) AS keeps
    FROM workorders_workorder w
    LEFT JOIN review_review r ON r.work_order_id = w.id
   WHERE w.id = ANY (jobs)
),
-- The quote that a job carries out: looked up job by job, or Postgres walks past every quote that there ever was.
agreement AS (
  SELECT j.id AS job_id, j.keeps, a.version_id, a.net
    FROM job j
    CROSS JOIN LATERAL (SELECT current_id FROM quotes_quote WHERE work_order_id = j.id AND status = 'accepted' LIMIT 1) q
    JOIN quotes_acceptance a ON a.version_id = q.current_id
),
item AS (
  -- priced, and on no invoice
  SELECT j.id AS job_id,
         CASE WHEN b.fate = 'billable' AND j.review = 'approved' THEN 'approved'
              -- asked before anybody reviews anything
              WHEN b.kind = 'deposit' AND b.corrects_id IS NULL AND b.fate = 'billable' AND j.status <> 'cancelled' THEN 'deposit'
              ELSE 'job' END AS part,
         b.net, 0::numeric AS hours,
         CASE WHEN b.fate = 'pending' AND j.review = 'approved' THEN b.created_at END AS late
    FROM job j
    JOIN review_billable b ON b.work_order_id = j.id AND b.fate IN ('pending', 'billable') AND NOT b.claimed
   WHERE j.keeps OR b.quote_line_id IS NULL AND b.kind <> 'deposit'
  UNION ALL
  -- agreed, and not priced per line yet
  SELECT g.job_id, 'job', g.net, 0, NULL
    FROM agreement g
   WHERE g.keeps AND NOT EXISTS (
     SELECT 1 FROM review_billable b JOIN quotes_quoteline l ON l.id = b.quote_line_id
      WHERE b.work_order_id = g.job_id AND l.version_id = g.version_id)
  UNION ALL
  -- the visit of a contract, not priced yet; a cancelled one is no visit
  SELECT j.id, 'job', p.price, 0, NULL
    FROM job j
    JOIN maintenance_jobprice p ON p.work_order_id = j.id
   WHERE j.status <> 'cancelled' AND NOT EXISTS (SELECT 1 FROM review_billable b WHERE b.job_price_id = p.id)
  UNION ALL
  -- promised without a quote: the sold hours that nobody worked yet
  SELECT j.id, 'job', 0, greatest(j.sold_hours - done.hours, 0), NULL
    FROM job j
    JOIN LATERAL (
      SELECT coalesce(sum(extract(epoch FROM t.ended_at - t.started_at) / 3600), 0)::numeric(12, 3) AS hours
        FROM field_timeentry t JOIN field_visit v ON v.id = t.visit_id
       WHERE v.work_order_id = j.id AND t.kind = 'work' AND t.ended_at IS NOT NULL) done ON true
   WHERE j.sold_hours > 0
     AND j.status IN ('to_plan', 'planned', 'in_progress', 'action_required', 'missed', 'on_hold', 'returned')
     AND NOT EXISTS (SELECT 1 FROM agreement g WHERE g.job_id = j.id)
  UNION ALL
  -- recorded, and not priced yet: at most a minute old, or something is wrong with its job. At its agreed price, if it has one.
  SELECT s.work_order_id, 'job', coalesce(known.value, 0), CASE WHEN known.value IS NULL THEN t.hours ELSE 0 END, t.ended_at
    FROM review_stalejob s
    JOIN LATERAL (
      SELECT t.id, t.kind, t.ended_at, done.hours, sum(done.hours) OVER (PARTITION BY t.kind ORDER BY t.started_at, t.id) AS upto
        FROM field_visit v
        JOIN field_timeentry t ON t.visit_id = v.id AND t.ended_at IS NOT NULL AND t.kind <> 'pause'
        CROSS JOIN LATERAL (SELECT round(extract(epoch FROM t.ended_at - t.started_at) / 3600, 3) AS hours) done
       WHERE v.work_order_id = s.work_order_id) t ON true
    CROSS JOIN LATERAL (SELECT wt_agreed_value(
      s.work_order_id, NULL, CASE t.kind WHEN 'travel' THEN 'travel' ELSE 'normal' END, t.upto - t.hours, t.hours) AS value) known
   WHERE NOT EXISTS (SELECT 1 FROM review_billable b WHERE b.time_entry_id = t.id)
  UNION ALL
  SELECT s.work_order_id, 'job',
         coalesce(wt_agreed_value(s.work_order_id, m.material_id, NULL, m.upto - m.quantity, m.quantity),
                  m.quantity * wt_material_price(m.material_id, m.at)), 0, m.at
    FROM review_stalejob s
    JOIN LATERAL (
      SELECT m.id, m.material_id, m.at, m.quantity, sum(m.quantity) OVER (PARTITION BY m.material_id ORDER BY m.at, m.id) AS upto
        FROM field_visit v JOIN field_materialusage m ON m.visit_id = v.id
       WHERE v.work_order_id = s.work_order_id) m ON true
   WHERE NOT EXISTS (SELECT 1 FROM review_billable b WHERE b.material_usage_id = m.id)
  UNION ALL
  SELECT s.work_order_id, 'job', 0, e.hours, e.at
    FROM review_stalejob s
    JOIN field_visit v ON v.work_order_id = s.work_order_id
    JOIN field_extrawork e ON e.visit_id = v.id
   WHERE NOT EXISTS (SELECT 1 FROM review_billable b WHERE b.extra_work_id = e.id)
),
-- Per job what was approved, what is to be asked beforehand, and the rest.
held AS (
  SELECT job_id, part, sum(net) AS net, sum(hours) AS hours, min(late) AS late
    FROM item GROUP BY 1, 2
)
-- What a job still has to bring, where the job stands.
SELECT 'job-' || j.id, stage.place, CASE WHEN stage.place IN ('planned', 'in_progress') THEN 'visit_past' END,
       CASE WHEN stage.place IN ('planned', 'in_progress') THEN (
         SELECT min(upper(a.period)) FROM planning_assignment a
          WHERE a.work_order_id = j.id AND a.active AND NOT EXISTS (
            SELECT 1 FROM field_visit v WHERE v.assignment_id = a.id AND v.status NOT IN ('assigned', 'travelling'))) END,
       NULL::date,
       coalesce(
         CASE stage.place WHEN 'in_review' THEN j.opened_at WHEN 'unreviewed' THEN held.late END,
         (SELECT max(e.at) FROM core_auditevent e
           WHERE e.subject_type = 'workorders.workorder' AND e.subject_id = j.id AND e.after = j.status),
         j.created_at),
       'workorders.workorder', j.id, j.number::text, j.customer_id, j.id,
       coalesce(held.net, 0)::numeric(14, 2), coalesce(held.hours, 0)::numeric(12, 3), 0::numeric(14, 2)
  FROM job j
  LEFT JOIN held ON held.job_id = j.id AND held.part = 'job'
  CROSS JOIN LATERAL (SELECT CASE j.status
    WHEN 'to_plan' THEN 'unplanned'
    WHEN 'planned' THEN 'planned'
    WHEN 'in_progress' THEN 'in_progress'
    WHEN 'on_hold' THEN 'on_hold'
    WHEN 'action_required' THEN 'action_required'
    WHEN 'missed' THEN 'missed'
    WHEN 'returned' THEN 'returned'
    WHEN 'in_review' THEN 'in_review'
    -- whatever a job is: what is on it, and was not approved, has to be reviewed
    ELSE 'unreviewed' END AS place) stage
 WHERE held.job_id IS NOT NULL OR j.status NOT IN ('ready_for_invoicing', 'invoiced', 'closed', 'cancelled')
UNION ALL
-- Approved, and on no draft. A job of which nothing is left to invoice waits here to be closed, and no longer.
SELECT 'approved-' || j.id, 'approved', NULL, NULL, NULL, coalesce(j.approved_at, j.created_at),
       'workorders.workorder', j.id, j.number::text, j.customer_id, j.id,
       coalesce(held.net, 0)::numeric(14, 2), 0, 0
  FROM job j
  LEFT JOIN held ON held.job_id = j.id AND held.part = 'approved'
 WHERE held.job_id IS NOT NULL AND (held.net <> 0 OR j.status NOT IN ('invoiced', 'closed', 'cancelled'))
    OR j.status = 'ready_for_invoicing'
       AND NOT EXISTS (SELECT 1 FROM held h WHERE h.job_id = j.id)
       AND NOT EXISTS (SELECT 1 FROM invoicing_invoiceline l JOIN invoicing_invoice i ON i.id = l.invoice_id
                        WHERE l.work_order_id = j.id AND l.live AND i.status = 'draft')
UNION ALL
-- Agreed to be paid beforehand, and on no draft: the job holds that much less.
SELECT 'deposit-' || j.id, 'deposit', NULL, NULL, NULL, j.created_at, 'workorders.workorder', j.id, j.number::text, j.customer_id, j.id,
       held.net::numeric(14, 2), 0, 0
  FROM job j
  JOIN held ON held.job_id = j.id AND held.part = 'deposit';
$$;

CREATE VIEW pipeline_undecided AS
WITH
-- What a phone reported and the office has to decide about: in no record yet, and worth what it says.
event AS (
  SELECT e.id, e.user_id, e.assignment_id, e.kind, e.payload, e.received_at,
         least(e.occurred_at + make_interval(secs => e.skew_seconds), e.received_at) AS at,
         e.kind IN ('travel', 'turn_back', 'start', 'resume', 'pause', 'stop', 'finish', 'goes_on', 'no_access', 'hold') AS is_clock,
         CASE WHEN said.number ~ '^[0-9]{1,6}([.,][0-9]{1,3})?$' THEN replace(said.number, ',', '.')::numeric END AS number
    FROM field_fieldevent e
    CROSS JOIN LATERAL (SELECT e.payload ->> CASE WHEN e.kind = 'extra_work' THEN 'hours' ELSE 'quantity' END AS number) said
   WHERE e.state = 'to_decide'
),
undecided AS (
  SELECT e.assignment_id, min(e.received_at) AS since,
         coalesce(sum(CASE WHEN e.kind = 'material' THEN e.number * wt_material_price(known.id, e.at) END), 0) AS net,
         coalesce(sum(CASE WHEN e.kind = 'extra_work' THEN e.number WHEN e.is_clock THEN clock.hours END), 0) AS hours
    FROM event e
    LEFT JOIN materials_material known ON e.kind = 'material' AND known.id::text = e.payload ->> 'material'
    -- each stretch from what began it, reported with it or recorded before, to what ended it
    LEFT JOIN LATERAL (
      SELECT round(greatest(extract(epoch FROM e.at - begun.at), 0) / 3600, 3) AS hours
        FROM (SELECT b.kind, b.at FROM event b
               WHERE b.is_clock AND b.assignment_id = e.assignment_id AND b.user_id = e.user_id AND (b.at, b.received_at, b.id) < (e.at, e.received_at, e.id)
               UNION ALL
              SELECT CASE t.kind WHEN 'work' THEN 'start' ELSE t.kind END, t.started_at FROM field_timeentry t JOIN field_visit v ON v.id = t.visit_id
               WHERE v.assignment_id = e.assignment_id AND t.ended_at IS NULL AND t.started_at < e.at
               ORDER BY 2 DESC LIMIT 1) begun
       WHERE begun.kind IN ('start', 'resume', 'travel')) clock ON e.is_clock
   GROUP BY e.assignment_id
)
-- What came from the phone and did not fit: until somebody decides, it stands beside its job, whatever became of that.
SELECT 'event-' || a.id AS id, 'undecided'::text AS place, NULL::text AS turns_into, NULL::timestamptz AS turns_at, NULL::date AS due,
       u.since, 'planning.assignment'::text AS record_type, a.id AS record_id, w.number::text AS label, w.customer_id,
       w.id AS work_order_id, u.net::numeric(14, 2) AS net, u.hours::numeric(12, 3) AS hours, 0::numeric(14, 2) AS gross
  FROM undecided u
  JOIN planning_assignment a ON a.id = u.assignment_id
  JOIN workorders_workorder w ON w.id = a.work_order_id;

CREATE VIEW pipeline_draft AS
SELECT 'draft-' || i.id AS id, 'drafted'::text AS place, NULL::text AS turns_into, NULL::timestamptz AS turns_at, NULL::date AS due,
       i.created_at AS since, 'invoicing.invoice'::text AS record_type, i.id AS record_id, ''::text AS label, i.customer_id,
       (SELECT min(l.work_order_id) FROM invoicing_invoiceline l WHERE l.invoice_id = i.id) AS work_order_id,
       coalesce((SELECT sum(l.net) FROM invoicing_invoiceline l WHERE l.invoice_id = i.id), 0)::numeric(14, 2) AS net,
       0::numeric(12, 3) AS hours, 0::numeric(14, 2) AS gross
  FROM invoicing_invoice i
 WHERE i.status = 'draft';

CREATE VIEW pipeline_row AS
SELECT * FROM pipeline_request
UNION ALL
SELECT * FROM pipeline_quote
UNION ALL
SELECT * FROM wt_pipeline_jobs(ARRAY(SELECT id FROM pipeline_holder))
UNION ALL
SELECT * FROM pipeline_undecided
UNION ALL
SELECT * FROM pipeline_draft
UNION ALL
-- An issued invoice or credit note, and what of it is not settled: sql/invoices.sql.
SELECT id, place, turns_into, turns_at, due, since, record_type, record_id, label, customer_id, work_order_id, net, hours, gross
  FROM pipeline_invoice
 WHERE record_id = ANY (ARRAY(SELECT invoice_id FROM pipeline_standinginvoice));
