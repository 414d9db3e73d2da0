-- The ledger of billables, per job: recorded = invoiced + included + written off + open.
-- Invoiced means: on a live line of an issued invoice. A draft promises nothing, so what stands on it is still open.
CREATE OR REPLACE VIEW invoicing_ledger AS
SELECT
  b.work_order_id,
  sum(b.net)::numeric(12, 2) AS recorded,
  coalesce(sum(b.net) FILTER (WHERE b.fate = 'billable' AND l.id IS NOT NULL), 0)::numeric(12, 2) AS invoiced,
  coalesce(sum(b.net) FILTER (WHERE b.fate = 'included'), 0)::numeric(12, 2) AS included,
  coalesce(sum(b.net) FILTER (WHERE b.fate = 'written_off'), 0)::numeric(12, 2) AS written_off,
  coalesce(sum(b.net) FILTER (WHERE b.fate = 'pending' OR b.fate = 'billable' AND l.id IS NULL), 0)::numeric(12, 2) AS open,
  coalesce(sum(b.recorded_quantity) FILTER (WHERE b.kind = 'time'), 0)::numeric(10, 2) AS recorded_hours,
  round(sum(b.quantity * b.unit_cost), 2)::numeric(12, 2) AS cost
FROM review_billable b
LEFT JOIN (
  SELECT line.id, line.billable_id FROM invoicing_invoiceline line
  JOIN invoicing_invoice invoice ON invoice.id = line.invoice_id AND invoice.number IS NOT NULL
  WHERE line.live
) l ON l.billable_id = b.id
GROUP BY b.work_order_id;
