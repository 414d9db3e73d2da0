-- Each change of what finance counts leaves a mark, and the worker makes the entries of what is marked anew
-- (`finance.actions.sums_catch_up`). A mark is only ever added: two who change the same job do not wait for each other.
-- SECURITY DEFINER: a technician may not read or write anything of finance.
CREATE OR REPLACE FUNCTION wt_finance_mark() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE r record;
BEGIN
  IF TG_OP = 'DELETE' THEN r := OLD; ELSE r := NEW; END IF;
  CASE TG_TABLE_NAME
    WHEN 'workorders_workorder' THEN
      INSERT INTO finance_mark (work_order) VALUES (r.id);
    WHEN 'review_billable', 'review_review', 'field_visit' THEN
      INSERT INTO finance_mark (work_order) VALUES (r.work_order_id);
    WHEN 'field_timeentry', 'field_materialusage' THEN
      INSERT INTO finance_mark (work_order) SELECT work_order_id FROM field_visit WHERE id = r.visit_id;
    WHEN 'field_timeproposal' THEN
      INSERT INTO finance_mark (work_order)
      SELECT v.work_order_id FROM field_timeentry t JOIN field_visit v ON v.id = t.visit_id WHERE t.id = r.entry_id;
    WHEN 'invoicing_invoice' THEN
      INSERT INTO finance_mark (invoice) VALUES (r.id);
      INSERT INTO finance_mark (invoice) SELECT r.credits_id WHERE r.credits_id IS NOT NULL;
      INSERT INTO finance_mark (work_order)
      SELECT DISTINCT work_order_id FROM invoicing_invoiceline WHERE invoice_id = r.id AND work_order_id IS NOT NULL;
    WHEN 'invoicing_invoiceline' THEN
      INSERT INTO finance_mark (work_order, invoice)
      VALUES (r.work_order_id, CASE WHEN r.work_order_id IS NULL THEN r.invoice_id END);
    WHEN 'invoicing_payment' THEN
      INSERT INTO finance_mark (invoice) VALUES (r.invoice_id);
    WHEN 'quotes_quote' THEN
      INSERT INTO finance_mark (quote) VALUES (r.id);
  END CASE;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_finance_mark() FROM PUBLIC;

CREATE OR REPLACE TRIGGER finance_mark
  AFTER INSERT OR DELETE OR UPDATE OF status, customer_id, type_id, sold_hours, complete_by ON workorders_workorder
  FOR EACH ROW EXECUTE FUNCTION wt_finance_mark();
CREATE OR REPLACE TRIGGER finance_mark AFTER INSERT OR UPDATE OR DELETE ON review_billable
  FOR EACH ROW EXECUTE FUNCTION wt_finance_mark();
CREATE OR REPLACE TRIGGER finance_mark AFTER INSERT OR DELETE OR UPDATE OF status, approved_at ON review_review
  FOR EACH ROW EXECUTE FUNCTION wt_finance_mark();
CREATE OR REPLACE TRIGGER finance_mark AFTER DELETE OR UPDATE OF technician_id, work_order_id ON field_visit
  FOR EACH ROW EXECUTE FUNCTION wt_finance_mark();
CREATE OR REPLACE TRIGGER finance_mark AFTER INSERT OR UPDATE OR DELETE ON field_timeentry
  FOR EACH ROW EXECUTE FUNCTION wt_finance_mark();
CREATE OR REPLACE TRIGGER finance_mark AFTER INSERT OR UPDATE OR DELETE ON field_timeproposal
  FOR EACH ROW EXECUTE FUNCTION wt_finance_mark();
CREATE OR REPLACE TRIGGER finance_mark AFTER UPDATE OR DELETE ON field_materialusage
  FOR EACH ROW EXECUTE FUNCTION wt_finance_mark();
CREATE OR REPLACE TRIGGER finance_mark AFTER INSERT OR DELETE OR UPDATE OF number, status, customer_id ON invoicing_invoice
  FOR EACH ROW EXECUTE FUNCTION wt_finance_mark();
CREATE OR REPLACE TRIGGER finance_mark AFTER INSERT OR UPDATE OR DELETE ON invoicing_invoiceline
  FOR EACH ROW EXECUTE FUNCTION wt_finance_mark();
CREATE OR REPLACE TRIGGER finance_mark AFTER INSERT OR UPDATE OR DELETE ON invoicing_payment
  FOR EACH ROW EXECUTE FUNCTION wt_finance_mark();
CREATE OR REPLACE TRIGGER finance_mark AFTER INSERT OR DELETE OR UPDATE OF status, customer_id, type_id, current_id ON quotes_quote
  FOR EACH ROW EXECUTE FUNCTION wt_finance_mark();

-- The sums of a day are its entries: what an entry adds is added with it, and taken off when it goes. None is ever changed.
CREATE OR REPLACE FUNCTION wt_finance_sums() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE sign int := CASE TG_OP WHEN 'DELETE' THEN -1 ELSE 1 END;
BEGIN
  INSERT INTO finance_daysum (
    kind, key, day,
    revenue, labour, parts, written_off, hours, cost_hours, spent_hours, sold_hours, jobs_done, sla_known, sla_met, billed_jobs,
    billing_days, paid_invoices, paying_days, quotes_closed, quotes_won, quotes_answered, answer_days)
  SELECT k.kind, k.key, c.day,
         sign * sum(c.revenue), sign * sum(c.labour), sign * sum(c.parts), sign * sum(c.written_off),
         sign * sum(c.hours), sign * sum(c.cost_hours), sign * sum(c.spent_hours), sign * sum(c.sold_hours), sign * sum(c.jobs_done),
         sign * sum(c.sla_known), sign * sum(c.sla_met), sign * sum(c.billed_jobs), sign * sum(c.billing_days),
         sign * sum(c.paid_invoices), sign * sum(c.paying_days), sign * sum(c.quotes_closed), sign * sum(c.quotes_won),
         sign * sum(c.quotes_answered), sign * sum(c.answer_days)
    FROM changed c
    CROSS JOIN LATERAL (VALUES
      ('company', 0::bigint), ('customer', c.customer_id),
      ('type', coalesce(c.type_id, 0)), ('technician', coalesce(c.technician_id, 0))) k (kind, key)
   GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (kind, day, key) DO UPDATE SET
    revenue = finance_daysum.revenue + EXCLUDED.revenue, labour = finance_daysum.labour + EXCLUDED.labour,
    parts = finance_daysum.parts + EXCLUDED.parts, written_off = finance_daysum.written_off + EXCLUDED.written_off,
    hours = finance_daysum.hours + EXCLUDED.hours,
    cost_hours = finance_daysum.cost_hours + EXCLUDED.cost_hours, spent_hours = finance_daysum.spent_hours + EXCLUDED.spent_hours,
    sold_hours = finance_daysum.sold_hours + EXCLUDED.sold_hours,
    jobs_done = finance_daysum.jobs_done + EXCLUDED.jobs_done,
    sla_known = finance_daysum.sla_known + EXCLUDED.sla_known, sla_met = finance_daysum.sla_met + EXCLUDED.sla_met,
    billed_jobs = finance_daysum.billed_jobs + EXCLUDED.billed_jobs,
    billing_days = finance_daysum.billing_days + EXCLUDED.billing_days,
    paid_invoices = finance_daysum.paid_invoices + EXCLUDED.paid_invoices,
    paying_days = finance_daysum.paying_days + EXCLUDED.paying_days,
    quotes_closed = finance_daysum.quotes_closed + EXCLUDED.quotes_closed,
    quotes_won = finance_daysum.quotes_won + EXCLUDED.quotes_won,
    quotes_answered = finance_daysum.quotes_answered + EXCLUDED.quotes_answered,
    answer_days = finance_daysum.answer_days + EXCLUDED.answer_days;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_finance_sums() FROM PUBLIC;
CREATE OR REPLACE TRIGGER sums_added AFTER INSERT ON finance_entry
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION wt_finance_sums();
CREATE OR REPLACE TRIGGER sums_removed AFTER DELETE ON finance_entry
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION wt_finance_sums();
CREATE OR REPLACE FUNCTION wt_finance_entry_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an entry of finance is made anew, never changed';
END $$;
REVOKE ALL ON FUNCTION wt_finance_entry_fixed() FROM PUBLIC;
CREATE OR REPLACE TRIGGER never_changed BEFORE UPDATE ON finance_entry
  FOR EACH STATEMENT EXECUTE FUNCTION wt_finance_entry_fixed();
