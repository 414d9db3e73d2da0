-- The ledger, per job: recorded = invoiced + included + written off + open, in euros and in hours.
-- Every billable stands in exactly one place; recorded time that no review has seen yet is open.
-- Reasons and a worked example: docs/algorithms/ledger.md.
DROP VIEW IF EXISTS invoicing_ledger;
CREATE VIEW invoicing_ledger AS
SELECT
  work_order_id,
  coalesce(sum(net), 0)::numeric(12, 2) AS recorded,
  coalesce(sum(net) FILTER (WHERE place = 'invoiced'), 0)::numeric(12, 2) AS invoiced,
  coalesce(sum(net) FILTER (WHERE place = 'included'), 0)::numeric(12, 2) AS included,
  coalesce(sum(net) FILTER (WHERE place = 'written_off'), 0)::numeric(12, 2) AS written_off,
  coalesce(sum(net) FILTER (WHERE place = 'open'), 0)::numeric(12, 2) AS open,
  coalesce(sum(hours), 0)::numeric(10, 2) AS recorded_hours,
  coalesce(sum(cost), 0)::numeric(12, 2) AS cost,
  coalesce(sum(hours) FILTER (WHERE place = 'invoiced'), 0)::numeric(12, 3) AS invoiced_hours,
  coalesce(sum(hours) FILTER (WHERE place = 'included'), 0)::numeric(12, 3) AS included_hours,
  coalesce(sum(hours) FILTER (WHERE place = 'written_off'), 0)::numeric(12, 3) AS written_off_hours,
  coalesce(sum(hours) FILTER (WHERE place = 'open'), 0)::numeric(12, 3) AS open_hours
FROM (
  SELECT
    b.work_order_id,
    b.net,
    CASE
      WHEN l.id IS NOT NULL THEN 'invoiced'
      WHEN b.fate IN ('included', 'written_off') THEN b.fate
      ELSE 'open'
    END AS place,
    CASE WHEN b.kind = 'time' THEN b.recorded_quantity ELSE 0 END AS hours,
    -- What was agreed has no cost of its own: the time and the parts that it took have.
    CASE WHEN b.kind IN ('time', 'material') THEN round(b.recorded_quantity * b.unit_cost, 2) ELSE 0 END AS cost
  FROM review_billable b
  LEFT JOIN (
    invoicing_invoiceline l
    JOIN invoicing_invoice i ON i.id = l.invoice_id AND i.kind = 'invoice' AND i.number IS NOT NULL
  ) ON l.billable_id = b.id AND l.live
  UNION ALL
  SELECT v.work_order_id, 0, 'open', round(extract(epoch FROM t.ended_at - t.started_at) / 3600, 3), 0
  FROM field_timeentry t
  JOIN field_visit v ON v.id = t.visit_id
  WHERE t.ended_at IS NOT NULL AND t.kind <> 'pause'
    AND NOT EXISTS (SELECT 1 FROM review_billable b WHERE b.time_entry_id = t.id)
) places
GROUP BY work_order_id;

-- Only what is to be invoiced can be invoiced. The lock keeps its fate still until this transaction ends.
CREATE OR REPLACE FUNCTION wt_line_takes_billable() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE found text;
BEGIN
  SELECT fate INTO found FROM review_billable WHERE id = NEW.billable_id FOR SHARE;
  IF found IS DISTINCT FROM 'billable' THEN
    RAISE EXCEPTION 'billable % is %, not to be invoiced', NEW.billable_id, found
      USING ERRCODE = 'check_violation', CONSTRAINT = 'only_billables_are_invoiced';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER only_billables_are_invoiced BEFORE INSERT ON invoicing_invoiceline
  FOR EACH ROW WHEN (NEW.live AND NEW.billable_id IS NOT NULL) EXECUTE FUNCTION wt_line_takes_billable();

-- What stands on a live line of an invoice, a draft included, keeps its price and its fate.
CREATE OR REPLACE FUNCTION wt_billable_on_invoice() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM invoicing_invoiceline WHERE billable_id = OLD.id AND live) THEN
    RAISE EXCEPTION 'billable % stands on an invoice', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'invoiced_billable_is_frozen';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER invoiced_billable_is_frozen BEFORE UPDATE ON review_billable FOR EACH ROW
  WHEN (OLD.fate <> NEW.fate OR OLD.quantity <> NEW.quantity OR OLD.unit_price <> NEW.unit_price
        OR OLD.discount <> NEW.discount OR OLD.vat_rate <> NEW.vat_rate OR OLD.vat_category <> NEW.vat_category)
  EXECUTE FUNCTION wt_billable_on_invoice();
