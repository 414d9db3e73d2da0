-- The rows of `pipeline_row` as a table, so that a page reads what stands and puts nothing together (docs/algorithms/pipeline.md).
-- Whatever the view reads marks the records whose rows it may change. What a transaction marked is brought up to date once, as the
-- last thing before it is committed: nobody else ever sees a mark, nor a row that is behind. Who wants to read what it wrote
-- itself asks for it (`pipeline.figures.standing`). A mark too many costs time and changes no amount.
-- SECURITY DEFINER: a technician, or a customer, may not read or write anything of the pipeline.
CREATE OR REPLACE FUNCTION wt_pipeline_mark() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  o record; n record;
  jobs bigint[]; quotes bigint[]; requests bigint[]; invoices bigint[];
  queued boolean := coalesce(current_setting('watertight.pipeline_queued', true), '') = 'yes';
BEGIN
  -- What moves from one record to another changes both.
  IF TG_OP = 'INSERT' THEN o := NEW; ELSE o := OLD; END IF;
  IF TG_OP = 'DELETE' THEN n := OLD; ELSE n := NEW; END IF;
  CASE TG_TABLE_NAME
    WHEN 'workorders_workorder' THEN
      jobs := ARRAY[n.id];
    WHEN 'core_auditevent' THEN
      jobs := ARRAY[n.subject_id];
    WHEN 'review_billable', 'review_review', 'review_stalejob', 'planning_assignment', 'field_visit', 'maintenance_jobprice' THEN
      jobs := ARRAY[o.work_order_id, n.work_order_id];
    WHEN 'field_timeentry', 'field_materialusage', 'field_extrawork' THEN
      jobs := ARRAY(SELECT work_order_id FROM field_visit WHERE id IN (o.visit_id, n.visit_id));
    WHEN 'field_fieldevent' THEN
      jobs := ARRAY(SELECT work_order_id FROM planning_assignment WHERE id IN (o.assignment_id, n.assignment_id));
    WHEN 'quotes_quote' THEN
      quotes := ARRAY[n.id];
      jobs := ARRAY[o.work_order_id, n.work_order_id];
    WHEN 'quotes_quoteversion' THEN
      quotes := ARRAY[o.quote_id, n.quote_id];
    WHEN 'quotes_acceptance' THEN
      quotes := ARRAY(SELECT quote_id FROM quotes_quoteversion WHERE id IN (o.version_id, n.version_id));
    WHEN 'intake_request' THEN
      requests := ARRAY[n.id];
    WHEN 'intake_intakereport' THEN
      requests := ARRAY[o.request_id, n.request_id];
    WHEN 'intake_materialestimate' THEN
      requests := ARRAY(SELECT request_id FROM intake_intakereport WHERE id IN (o.report_id, n.report_id));
    WHEN 'invoicing_invoice' THEN
      invoices := ARRAY[n.id, o.credits_id, n.credits_id];
    WHEN 'invoicing_invoiceline' THEN
      invoices := ARRAY[o.invoice_id, n.invoice_id];
      jobs := ARRAY[o.work_order_id, n.work_order_id];
    WHEN 'invoicing_payment', 'invoicing_invoicefact', 'bookkeeping_packageline' THEN
      invoices := ARRAY[o.invoice_id, n.invoice_id];
    WHEN 'pricing_materialprice' THEN
      -- What is not priced one by one yet stands at the price of its day.
      jobs := ARRAY(SELECT work_order_id FROM review_stalejob UNION
                    SELECT work_order_id FROM pipeline_standing WHERE place = 'undecided');
      requests := ARRAY(SELECT record_id FROM pipeline_standing WHERE record_type = 'intake.request');
  END CASE;
  INSERT INTO pipeline_mark (kind, record_id, first)
  SELECT DISTINCT kind, record_id, NOT queued
    FROM (SELECT 'job', unnest(jobs) UNION ALL SELECT 'quote', unnest(quotes) UNION ALL
          SELECT 'request', unnest(requests) UNION ALL SELECT 'invoice', unnest(invoices)) changed (kind, record_id)
   WHERE record_id IS NOT NULL;
  IF FOUND AND NOT queued THEN
    PERFORM set_config('watertight.pipeline_queued', 'yes', true);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_pipeline_mark() FROM PUBLIC;

-- Brings the rows of all that is marked up to date. One at a time: whoever comes second sees what the first one wrote. Nobody waits for
-- anything else while holding this lock, as it is the last that a transaction does. Its plans are made once a connection.
CREATE OR REPLACE FUNCTION wt_pipeline_keep() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  jobs bigint[]; quotes bigint[]; requests bigint[]; invoices bigint[]; holders bigint[];
BEGIN
  PERFORM set_config('watertight.pipeline_queued', '', true);
  PERFORM pg_advisory_xact_lock(727011);
  WITH taken AS (DELETE FROM pipeline_mark RETURNING kind, record_id)
  SELECT array_agg(DISTINCT record_id) FILTER (WHERE kind = 'job'), array_agg(DISTINCT record_id) FILTER (WHERE kind = 'quote'),
         array_agg(DISTINCT record_id) FILTER (WHERE kind = 'request'), array_agg(DISTINCT record_id) FILTER (WHERE kind = 'invoice')
    INTO jobs, quotes, requests, invoices FROM taken;
  IF jobs IS NULL AND quotes IS NULL AND requests IS NULL AND invoices IS NULL THEN
    RETURN NULL;
  END IF;
  -- A job stands on its quote and on its drafts, and a quote on its job.
  jobs := ARRAY(SELECT unnest(jobs) UNION SELECT work_order_id FROM quotes_quote WHERE id = ANY (quotes)
                UNION SELECT work_order_id FROM invoicing_invoiceline WHERE invoice_id = ANY (invoices) AND work_order_id IS NOT NULL);
  quotes := ARRAY(SELECT unnest(quotes) UNION SELECT id FROM quotes_quote WHERE work_order_id = ANY (jobs));
  holders := ARRAY(SELECT id FROM pipeline_holder WHERE id = ANY (jobs));
  WITH fresh AS MATERIALIZED (
    SELECT * FROM wt_pipeline_jobs(holders)
    UNION ALL SELECT * FROM pipeline_undecided WHERE work_order_id = ANY (jobs)
    UNION ALL SELECT * FROM pipeline_quote WHERE record_id = ANY (quotes)
    UNION ALL SELECT * FROM pipeline_request WHERE record_id = ANY (requests)
    UNION ALL SELECT * FROM pipeline_draft WHERE record_id = ANY (invoices)
    UNION ALL SELECT * FROM pipeline_invoice WHERE record_id = ANY (invoices)
  ), gone AS (
    DELETE FROM pipeline_standing s
     WHERE (s.record_type = 'workorders.workorder' AND s.record_id = ANY (jobs)
            OR s.record_type = 'planning.assignment' AND s.work_order_id = ANY (jobs)
            OR s.record_type = 'quotes.quote' AND s.record_id = ANY (quotes)
            OR s.record_type = 'intake.request' AND s.record_id = ANY (requests)
            OR s.record_type = 'invoicing.invoice' AND s.record_id = ANY (invoices))
       AND NOT EXISTS (SELECT 1 FROM fresh f WHERE f.id = s.id)
  )
  INSERT INTO pipeline_standing AS s (
    id, place, turns_into, turns_at, due, since, record_type, record_id, label, customer_id, work_order_id, net, hours, gross)
  SELECT id, place, turns_into, turns_at, due, since, record_type, record_id, label, customer_id, work_order_id, net, hours, gross
    FROM fresh
      ON CONFLICT (id) DO UPDATE SET (
    place, turns_into, turns_at, due, since, label, customer_id, work_order_id, net, hours, gross) = ROW (
    excluded.place, excluded.turns_into, excluded.turns_at, excluded.due, excluded.since, excluded.label, excluded.customer_id,
    excluded.work_order_id, excluded.net, excluded.hours, excluded.gross)
   WHERE s IS DISTINCT FROM excluded;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_pipeline_keep() FROM PUBLIC;

-- Once a transaction: the first mark of one asks for it.
DROP TRIGGER IF EXISTS pipeline_keep ON pipeline_mark;
CREATE CONSTRAINT TRIGGER pipeline_keep AFTER INSERT ON pipeline_mark DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.first) EXECUTE FUNCTION wt_pipeline_keep();

CREATE OR REPLACE TRIGGER pipeline_mark
  AFTER INSERT OR DELETE OR UPDATE OF number, status, customer_id, sold_hours, billing_basis ON workorders_workorder
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER INSERT ON core_auditevent
  FOR EACH ROW WHEN (NEW.subject_type = 'workorders.workorder' AND NEW.after <> '') EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER INSERT OR UPDATE OR DELETE ON review_billable
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER INSERT ON maintenance_jobprice
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER INSERT OR DELETE OR UPDATE OF status, opened_at, approved_at ON review_review
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER INSERT OR DELETE ON review_stalejob
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER INSERT OR DELETE OR UPDATE OF period, active, work_order_id ON planning_assignment
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER INSERT OR DELETE OR UPDATE OF status, work_order_id, assignment_id ON field_visit
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER INSERT OR UPDATE OR DELETE ON field_timeentry
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER INSERT OR UPDATE OR DELETE ON field_materialusage
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER INSERT OR UPDATE OR DELETE ON field_extrawork
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark_added AFTER INSERT ON field_fieldevent
  FOR EACH ROW WHEN (NEW.state = 'to_decide') EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER UPDATE ON field_fieldevent
  FOR EACH ROW WHEN (OLD.state = 'to_decide' OR NEW.state = 'to_decide') EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark_removed AFTER DELETE ON field_fieldevent
  FOR EACH ROW WHEN (OLD.state = 'to_decide') EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark
  AFTER INSERT OR DELETE OR UPDATE OF number, status, customer_id, work_order_id, current_id ON quotes_quote
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER INSERT OR DELETE OR UPDATE OF net, frozen_at, quote_id ON quotes_quoteversion
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER INSERT OR UPDATE OR DELETE ON quotes_acceptance
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER INSERT OR DELETE OR UPDATE OF number, status, customer_id ON intake_request
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER INSERT OR UPDATE OR DELETE ON intake_intakereport
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER INSERT OR UPDATE OR DELETE ON intake_materialestimate
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER INSERT OR UPDATE OR DELETE ON invoicing_invoice
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER INSERT OR UPDATE OR DELETE ON invoicing_invoiceline
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER INSERT ON invoicing_payment
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER INSERT ON invoicing_invoicefact
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER INSERT ON bookkeeping_packageline
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();
CREATE OR REPLACE TRIGGER pipeline_mark AFTER INSERT OR UPDATE OR DELETE ON pricing_materialprice
  FOR EACH ROW EXECUTE FUNCTION wt_pipeline_mark();

-- All of it anew: after a load with triggers off. Not for anybody's request.
DELETE FROM pipeline_standing;
INSERT INTO pipeline_standing (
  id, place, turns_into, turns_at, due, since, record_type, record_id, label, customer_id, work_order_id, net, hours, gross)
SELECT id, place, turns_into, turns_at, due, since, record_type, record_id, label, customer_id, work_order_id, net, hours, gross
  FROM pipeline_row;
