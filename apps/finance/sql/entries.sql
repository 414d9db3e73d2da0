-- What jobs, invoices and quotes add to the figures of finance, by day: docs/algorithms/finance.md says what each measure counts.
-- Hours are counted as they are shown, in hundredths, so that rows add up to their sum. Nothing in here asks for the present. `zone` is where the company's days begin.
CREATE OR REPLACE FUNCTION wt_finance_entries(jobs bigint[], bills bigint[], offers bigint[], zone text)
RETURNS TABLE (
  work_order_id bigint, invoice_id bigint, quote_id bigint, customer_id bigint, type_id bigint, technician_id bigint, day date,
  revenue numeric, labour numeric, parts numeric, written_off numeric, hours numeric, cost_hours numeric, spent_hours numeric, sold_hours numeric,
  jobs_done int, sla_known int, sla_met int, billed_jobs int, billing_days int, paid_invoices int, paying_days int,
  quotes_closed int, quotes_won int, quotes_answered int, answer_days int)
LANGUAGE sql STABLE AS $$
WITH
job AS (
  SELECT w.id, w.customer_id, w.type_id, w.status, w.sold_hours, w.complete_by,
         (SELECT min(e.at) FROM core_auditevent e
           WHERE e.subject_type = 'workorders.workorder' AND e.subject_id = w.id AND e.after = 'ready_for_review') AS done_at,
         (SELECT min(e.at) FROM core_auditevent e
           WHERE e.subject_type = 'workorders.workorder' AND e.subject_id = w.id AND e.after = 'cancelled') AS cancelled_at
    FROM workorders_workorder w WHERE w.id = ANY (jobs)
),
charged AS (
  SELECT l.work_order_id AS job_id, i.customer_id, i.issue_date AS day,
         sum(CASE WHEN i.kind = 'credit_note' THEN -l.net ELSE l.net END) AS net
    FROM invoicing_invoiceline l JOIN invoicing_invoice i ON i.id = l.invoice_id
   WHERE l.work_order_id = ANY (jobs) AND i.number IS NOT NULL
   GROUP BY 1, 2, 3
),
-- When a job was first invoiced at all, and when first after it was done.
billed AS (
  SELECT j.id AS job_id, min(i.issue_date) AS first,
         min(i.issue_date) FILTER (WHERE i.issue_date >= (j.done_at AT TIME ZONE zone)::date) AS after_done
    FROM job j
    JOIN invoicing_invoiceline l ON l.work_order_id = j.id
    JOIN invoicing_invoice i ON i.id = l.invoice_id AND i.number IS NOT NULL AND i.kind = 'invoice'
   GROUP BY 1
),
-- From which day on the cost of a job counts: with its first invoice, or when it was cancelled, whichever came first, as no
-- invoice may follow; or once it is approved with nothing to invoice.
settled AS (
  SELECT j.id AS job_id, coalesce(least(b.first, (j.cancelled_at AT TIME ZONE zone)::date), CASE WHEN r.status = 'approved' AND NOT EXISTS (
           SELECT 1 FROM review_billable o
            WHERE o.work_order_id = j.id AND o.fate IN ('pending', 'billable') AND o.net <> 0)
         THEN (r.approved_at AT TIME ZONE zone)::date END) AS day
    FROM job j
    LEFT JOIN billed b ON b.job_id = j.id
    LEFT JOIN review_review r ON r.work_order_id = j.id
),
-- Time that is paid: it ended when the technician says that it did, where the clock ran on, as on the week for payroll.
stretch AS (
  SELECT t.id, v.work_order_id AS job_id, t.technician_id, t.kind, t.started_at, coalesce(p.ended_at, t.ended_at) AS ended_at,
         p.ended_at IS NOT NULL AS is_proposed
    FROM field_visit v
    JOIN field_timeentry t ON t.visit_id = v.id
    LEFT JOIN LATERAL (SELECT ended_at FROM field_timeproposal WHERE entry_id = t.id ORDER BY id DESC LIMIT 1) p ON true
   WHERE v.work_order_id = ANY (jobs) AND t.kind <> 'pause' AND t.ended_at IS NOT NULL
),
clock AS (
  SELECT job_id, technician_id, kind, (started_at AT TIME ZONE zone)::date AS day,
         sum(round(extract(epoch FROM ended_at - started_at) / 3600, 2)) AS hours,
         sum(extract(epoch FROM ended_at - started_at)) AS seconds
    FROM stretch GROUP BY 1, 2, 3, 4
),
-- Who worked on a job; of one to which people only travelled, who did.
worker AS (
  SELECT job_id, technician_id, sum(seconds) AS seconds
    FROM clock c
   WHERE kind = 'work' OR NOT EXISTS (SELECT 1 FROM clock o WHERE o.job_id = c.job_id AND o.kind = 'work' AND o.seconds > 0)
   GROUP BY 1, 2 HAVING sum(seconds) > 0
),
-- What was charged, and the parts that it took, are shared out by the time of each; what is up to one less what is below them adds up to the cent.
share AS (
  SELECT job_id, technician_id,
         (sum(seconds) OVER job - seconds) / sum(seconds) OVER (PARTITION BY job_id) AS below,
         sum(seconds) OVER job / sum(seconds) OVER (PARTITION BY job_id) AS upto
    FROM worker WINDOW job AS (PARTITION BY job_id ORDER BY technician_id)
),
-- What is charged of a stretch of one price may be shared out over several lines, one after the other: `earlier` is what stands before this one.
piece AS (
  SELECT b.id, coalesce(b.starts_at, t.started_at) AS starts_at,
         sum(b.recorded_quantity) OVER (PARTITION BY b.time_entry_id, coalesce(b.starts_at, t.started_at) ORDER BY b.id)
           - b.recorded_quantity AS earlier
    FROM stretch t JOIN review_billable b ON b.time_entry_id = t.id
   WHERE t.is_proposed AND b.kind = 'time'
),
cost AS (
  SELECT b.work_order_id AS job_id, t.technician_id, b.kind,
         greatest(s.day, (coalesce(t.started_at, m.at, b.created_at) AT TIME ZONE zone)::date) AS day,
         round(h.quantity * b.unit_cost, 2) AS cost, h.quantity
    FROM settled s
    JOIN review_billable b ON b.work_order_id = s.job_id AND b.kind IN ('time', 'material')
    LEFT JOIN stretch t ON t.id = b.time_entry_id
    LEFT JOIN piece p ON p.id = b.id
    LEFT JOIN field_materialusage m ON m.id = b.material_usage_id
    CROSS JOIN LATERAL (
      SELECT CASE WHEN p.id IS NULL THEN b.recorded_quantity
                  ELSE least(b.recorded_quantity, greatest(extract(epoch FROM t.ended_at - p.starts_at) / 3600 - p.earlier, 0))
              END AS quantity) h
   WHERE s.day IS NOT NULL
),
parts AS (
  SELECT job_id, day, sum(cost) AS cost FROM cost WHERE kind = 'material' GROUP BY 1, 2
),
found AS (
  SELECT c.job_id, NULL::bigint AS invoice_id, NULL::bigint AS quote_id, c.customer_id, j.type_id, s.technician_id, c.day,
         'revenue' AS measure,
         CASE WHEN s.job_id IS NULL THEN c.net ELSE round(c.net * s.upto, 2) - round(c.net * s.below, 2) END AS amount
    FROM charged c JOIN job j ON j.id = c.job_id LEFT JOIN share s ON s.job_id = c.job_id
  UNION ALL
  SELECT c.job_id, NULL, NULL, j.customer_id, j.type_id, c.technician_id, c.day, 'labour', c.cost
    FROM cost c JOIN job j ON j.id = c.job_id WHERE c.kind = 'time'
  UNION ALL
  SELECT c.job_id, NULL, NULL, j.customer_id, j.type_id, s.technician_id, c.day, 'parts',
         CASE WHEN s.job_id IS NULL THEN c.cost ELSE round(c.cost * s.upto, 2) - round(c.cost * s.below, 2) END
    FROM parts c JOIN job j ON j.id = c.job_id LEFT JOIN share s ON s.job_id = c.job_id
  UNION ALL
  SELECT c.job_id, NULL, NULL, j.customer_id, j.type_id, c.technician_id, c.day, 'cost_hours', round(c.quantity, 2)
    FROM cost c JOIN job j ON j.id = c.job_id WHERE c.kind = 'time'
  UNION ALL
  SELECT b.work_order_id, NULL, NULL, j.customer_id, j.type_id, NULL, (b.decided_at AT TIME ZONE zone)::date, 'written_off', b.net
    FROM review_billable b JOIN job j ON j.id = b.work_order_id WHERE b.fate = 'written_off'
  UNION ALL
  SELECT c.job_id, NULL, NULL, j.customer_id, j.type_id, c.technician_id, c.day, 'hours', c.hours
    FROM clock c JOIN job j ON j.id = c.job_id WHERE c.kind = 'work'
  UNION ALL
  SELECT j.id, NULL, NULL, j.customer_id, j.type_id, NULL, (j.done_at AT TIME ZONE zone)::date, m.measure, m.amount
    FROM job j
    CROSS JOIN LATERAL (VALUES
      ('jobs_done', 1::numeric),
      ('sold_hours', j.sold_hours),
      ('spent_hours', CASE WHEN j.sold_hours > 0 THEN (SELECT sum(k.hours) FROM clock k WHERE k.job_id = j.id AND k.kind = 'work') END)
    ) m (measure, amount)
   WHERE j.done_at IS NOT NULL AND j.status <> 'cancelled'
  UNION ALL
  -- A promise is kept on the day that the work is done, and broken the day after it should have been.
  SELECT j.id, NULL, NULL, j.customer_id, j.type_id, NULL,
         CASE WHEN p.kept THEN (j.done_at AT TIME ZONE zone)::date ELSE (j.complete_by AT TIME ZONE zone)::date + 1 END,
         m.measure, m.amount
    FROM job j
    CROSS JOIN LATERAL (SELECT coalesce(j.done_at <= j.complete_by, false) AS kept) p
    CROSS JOIN LATERAL (VALUES ('sla_known', 1::numeric), ('sla_met', CASE WHEN p.kept THEN 1 ELSE 0 END)) m (measure, amount)
   WHERE j.complete_by IS NOT NULL AND j.status <> 'cancelled'
  UNION ALL
  SELECT j.id, NULL, NULL, j.customer_id, j.type_id, NULL, b.after_done, m.measure, m.amount
    FROM job j
    JOIN billed b ON b.job_id = j.id AND b.after_done IS NOT NULL
    CROSS JOIN LATERAL (VALUES
      ('billed_jobs', 1::numeric), ('billing_days', b.after_done - (j.done_at AT TIME ZONE zone)::date)) m (measure, amount)
  UNION ALL
  SELECT NULL, i.id, NULL, i.customer_id, NULL, NULL, i.issue_date, 'revenue',
         CASE WHEN i.kind = 'credit_note' THEN -l.net ELSE l.net END
    FROM invoicing_invoice i JOIN invoicing_invoiceline l ON l.invoice_id = i.id AND l.work_order_id IS NULL
   WHERE i.id = ANY (bills) AND i.number IS NOT NULL
  UNION ALL
  SELECT NULL, i.id, NULL, i.customer_id, NULL, NULL, p.day, m.measure, m.amount
    FROM invoicing_invoice i
    -- What settled it is the last that came in while something was open: neither money paid twice, nor a refund, nor what was reversed.
    -- What was paid on the spot settled it when it was issued.
    JOIN LATERAL (
      SELECT greatest(max(r.paid_on), i.issue_date) AS day
        FROM (SELECT paid_on, amount, sum(amount) OVER (ORDER BY paid_on, id) - amount AS before
                FROM invoicing_payment y
               WHERE invoice_id = i.id AND reverses_id IS NULL
                 AND NOT EXISTS (SELECT 1 FROM invoicing_payment x WHERE x.reverses_id = y.id)) r
       WHERE r.amount > 0 AND r.before < i.payable - (
               SELECT coalesce(sum(n.payable), 0) FROM invoicing_invoice n WHERE n.credits_id = i.id AND n.number IS NOT NULL)
      HAVING count(*) > 0) p ON true
    CROSS JOIN LATERAL (VALUES ('paid_invoices', 1::numeric), ('paying_days', p.day - i.issue_date)) m (measure, amount)
   WHERE i.id = ANY (bills) AND i.kind = 'invoice' AND i.status = 'paid'
  UNION ALL
  -- How a quote ended, once: who takes a yes back lost it by that; one that expired was lost then, also when it was withdrawn afterwards.
  SELECT NULL, NULL, q.id, q.customer_id, q.type_id, NULL, (a.at AT TIME ZONE zone)::date, m.measure, m.amount
    FROM quotes_quote q
    JOIN quotes_quoteversion v ON v.id = q.current_id
    JOIN LATERAL (
      SELECT min(e.at) AS at FROM core_auditevent e
       WHERE e.subject_type = 'quotes.quote' AND e.subject_id = q.id AND e.at >= v.frozen_at
         AND (e.after = q.status OR e.after = 'expired' AND q.status = 'withdrawn')) a ON a.at IS NOT NULL
    CROSS JOIN LATERAL (VALUES
      ('quotes_closed', 1::numeric), ('quotes_won', CASE WHEN q.status = 'accepted' THEN 1 ELSE 0 END)) m (measure, amount)
   WHERE q.id = ANY (offers) AND q.status IN ('accepted', 'declined', 'expired', 'withdrawn', 'cancelled')
  UNION ALL
  -- The answer stays on its day, whatever becomes of a yes.
  SELECT NULL, NULL, q.id, q.customer_id, q.type_id, NULL, (a.at AT TIME ZONE zone)::date, m.measure, m.amount
    FROM quotes_quote q
    JOIN quotes_quoteversion v ON v.id = q.current_id
    JOIN LATERAL (
      SELECT min(e.at) AS at FROM core_auditevent e
       WHERE e.subject_type = 'quotes.quote' AND e.subject_id = q.id AND e.at >= v.frozen_at
         AND e.after IN ('accepted', 'declined')) a ON a.at IS NOT NULL
    CROSS JOIN LATERAL (VALUES
      ('quotes_answered', 1::numeric),
      ('answer_days', greatest((a.at AT TIME ZONE zone)::date - (v.frozen_at AT TIME ZONE zone)::date, 0))) m (measure, amount)
   WHERE q.id = ANY (offers) AND q.status IN ('accepted', 'declined', 'cancelled')
)
SELECT job_id, invoice_id, quote_id, customer_id, type_id, technician_id, day,
       coalesce(sum(amount) FILTER (WHERE measure = 'revenue'), 0),
       coalesce(sum(amount) FILTER (WHERE measure = 'labour'), 0),
       coalesce(sum(amount) FILTER (WHERE measure = 'parts'), 0),
       coalesce(sum(amount) FILTER (WHERE measure = 'written_off'), 0),
       coalesce(sum(amount) FILTER (WHERE measure = 'hours'), 0),
       coalesce(sum(amount) FILTER (WHERE measure = 'cost_hours'), 0),
       coalesce(sum(amount) FILTER (WHERE measure = 'spent_hours'), 0),
       coalesce(sum(amount) FILTER (WHERE measure = 'sold_hours'), 0),
       coalesce(sum(amount) FILTER (WHERE measure = 'jobs_done'), 0)::int,
       coalesce(sum(amount) FILTER (WHERE measure = 'sla_known'), 0)::int,
       coalesce(sum(amount) FILTER (WHERE measure = 'sla_met'), 0)::int,
       coalesce(sum(amount) FILTER (WHERE measure = 'billed_jobs'), 0)::int,
       coalesce(sum(amount) FILTER (WHERE measure = 'billing_days'), 0)::int,
       coalesce(sum(amount) FILTER (WHERE measure = 'paid_invoices'), 0)::int,
       coalesce(sum(amount) FILTER (WHERE measure = 'paying_days'), 0)::int,
       coalesce(sum(amount) FILTER (WHERE measure = 'quotes_closed'), 0)::int,
       coalesce(sum(amount) FILTER (WHERE measure = 'quotes_won'), 0)::int,
       coalesce(sum(amount) FILTER (WHERE measure = 'quotes_answered'), 0)::int,
       coalesce(sum(amount) FILTER (WHERE measure = 'answer_days'), 0)::int
  FROM found
 GROUP BY 1, 2, 3, 4, 5, 6, 7
HAVING count(*) FILTER (WHERE amount <> 0) > 0
$$;
