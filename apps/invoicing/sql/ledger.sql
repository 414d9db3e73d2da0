-- The ledger, per job: recorded = invoiced + included + written off + corrected + open, in euros and in units.
--
-- `recorded` is the evidence, and what was agreed, at its recorded quantity and the price that the list or the agreement
-- asked: whatever is decided later, it never falls. What is charged stands in one place: invoiced, included, written off,
-- or open. `corrected` is the difference: above zero what a reviewer took off, below zero what rounding or a higher
-- price added. Evidence that has no billable yet is open in units, and has no amount for at most a minute.
-- Reasons and a worked example: docs/algorithms/ledger.md.
DROP VIEW IF EXISTS invoicing_ledger;
CREATE VIEW invoicing_ledger AS
SELECT
  work_order_id,
  coalesce(sum(recorded), 0)::numeric(12, 2) AS recorded,
  coalesce(sum(charged) FILTER (WHERE place = 'invoiced'), 0)::numeric(12, 2) AS invoiced,
  coalesce(sum(charged) FILTER (WHERE place = 'included'), 0)::numeric(12, 2) AS included,
  coalesce(sum(charged) FILTER (WHERE place = 'written_off'), 0)::numeric(12, 2) AS written_off,
  coalesce(sum(recorded - charged), 0)::numeric(12, 2) AS corrected,
  coalesce(sum(charged) FILTER (WHERE place = 'open'), 0)::numeric(12, 2) AS open,
  coalesce(sum(cost), 0)::numeric(12, 2) AS cost,
  coalesce(sum(units) FILTER (WHERE kind = 'time'), 0)::numeric(12, 3) AS recorded_hours,
  coalesce(sum(units) FILTER (WHERE kind = 'time' AND place = 'invoiced'), 0)::numeric(12, 3) AS invoiced_hours,
  coalesce(sum(units) FILTER (WHERE kind = 'time' AND place = 'included'), 0)::numeric(12, 3) AS included_hours,
  coalesce(sum(units) FILTER (WHERE kind = 'time' AND place = 'written_off'), 0)::numeric(12, 3) AS written_off_hours,
  coalesce(sum(units) FILTER (WHERE kind = 'time' AND place = 'open'), 0)::numeric(12, 3) AS open_hours,
  coalesce(sum(units) FILTER (WHERE kind = 'material'), 0)::numeric(12, 3) AS recorded_parts,
  coalesce(sum(units) FILTER (WHERE kind = 'material' AND place = 'open'), 0)::numeric(12, 3) AS open_parts,
  coalesce(sum(units) FILTER (WHERE kind = 'extra_work'), 0)::numeric(12, 3) AS recorded_extra,
  coalesce(sum(units) FILTER (WHERE kind = 'extra_work' AND place = 'open'), 0)::numeric(12, 3) AS open_extra
FROM (
  SELECT
    b.work_order_id,
    b.kind,
    b.recorded_net AS recorded,
    b.net AS charged,
    b.recorded_quantity AS units,
    CASE
      WHEN l.id IS NOT NULL THEN 'invoiced'
      WHEN b.fate IN ('included', 'written_off') THEN b.fate
      ELSE 'open'
    END AS place,
    -- What was agreed has no cost of its own: the time and the parts that it took have.
    CASE WHEN b.kind IN ('time', 'material') THEN round(b.recorded_quantity * b.unit_cost, 2) ELSE 0 END AS cost
  FROM review_billable b
  LEFT JOIN (
    invoicing_invoiceline l
    JOIN invoicing_invoice i ON i.id = l.invoice_id AND i.kind = 'invoice' AND i.number IS NOT NULL
  ) ON l.billable_id = b.id AND l.live AND b.claimed
  UNION ALL
  SELECT v.work_order_id, 'time', 0, 0, round(extract(epoch FROM t.ended_at - t.started_at) / 3600, 3), 'open', 0
  FROM field_timeentry t
  JOIN field_visit v ON v.id = t.visit_id
  WHERE t.ended_at IS NOT NULL AND t.kind <> 'pause'
    AND NOT EXISTS (SELECT 1 FROM review_billable b WHERE b.time_entry_id = t.id)
  UNION ALL
  SELECT v.work_order_id, 'material', 0, 0, m.quantity, 'open', 0
  FROM field_materialusage m
  JOIN field_visit v ON v.id = m.visit_id
  WHERE NOT EXISTS (SELECT 1 FROM review_billable b WHERE b.material_usage_id = m.id)
  UNION ALL
  SELECT v.work_order_id, 'extra_work', 0, 0, e.hours, 'open', 0
  FROM field_extrawork e
  JOIN field_visit v ON v.id = e.visit_id
  WHERE NOT EXISTS (SELECT 1 FROM review_billable b WHERE b.extra_work_id = e.id)
) places
GROUP BY work_order_id;
