-- The ledger of the company in one row, so that no page adds up every line that there ever was (docs/algorithms/ledger.md). What a
-- transaction changed of the lines is added as it is committed, under the lock of the pipeline's rows: two of them never wait for each
-- other the wrong way round. Drafts are few and come and go; a page asks for them beside it.
CREATE OR REPLACE FUNCTION wt_pipeline_ledger() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(727011);
  INSERT INTO pipeline_ledgersums AS s (id, recorded, corrected, claimed, included, written_off, waiting)
  SELECT 1, sum(sign * recorded_net), sum(sign * (recorded_net - net)), coalesce(sum(sign * net) FILTER (WHERE claimed), 0),
         coalesce(sum(sign * net) FILTER (WHERE NOT claimed AND fate = 'included'), 0),
         coalesce(sum(sign * net) FILTER (WHERE NOT claimed AND fate = 'written_off'), 0),
         coalesce(sum(sign * net) FILTER (WHERE NOT claimed AND fate NOT IN ('included', 'written_off')), 0)
    FROM (SELECT -1 AS sign, OLD.recorded_net, OLD.net, OLD.claimed, OLD.fate WHERE TG_OP <> 'INSERT'
          UNION ALL SELECT 1, NEW.recorded_net, NEW.net, NEW.claimed, NEW.fate WHERE TG_OP <> 'DELETE') changed
      ON CONFLICT (id) DO UPDATE
     SET recorded = s.recorded + excluded.recorded, corrected = s.corrected + excluded.corrected,
         claimed = s.claimed + excluded.claimed, included = s.included + excluded.included,
         written_off = s.written_off + excluded.written_off, waiting = s.waiting + excluded.waiting;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wt_pipeline_ledger() FROM PUBLIC;

DROP TRIGGER IF EXISTS pipeline_ledger ON review_billable;
CREATE CONSTRAINT TRIGGER pipeline_ledger AFTER INSERT OR DELETE ON review_billable
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wt_pipeline_ledger();
DROP TRIGGER IF EXISTS pipeline_ledger_moved ON review_billable;
CREATE CONSTRAINT TRIGGER pipeline_ledger_moved AFTER UPDATE ON review_billable
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN ((OLD.recorded_net, OLD.net, OLD.claimed, OLD.fate) IS DISTINCT FROM (NEW.recorded_net, NEW.net, NEW.claimed, NEW.fate))
  EXECUTE FUNCTION wt_pipeline_ledger();

-- What the lines come to: read by the checks, and after a load with triggers off.
CREATE OR REPLACE FUNCTION wt_pipeline_lines() RETURNS TABLE (
  recorded numeric, corrected numeric, claimed numeric, included numeric, written_off numeric, waiting numeric)
LANGUAGE sql STABLE AS $$
SELECT coalesce(sum(b.recorded_net), 0), coalesce(sum(b.recorded_net - b.net), 0),
       coalesce(sum(b.net) FILTER (WHERE b.claimed), 0),
       coalesce(sum(b.net) FILTER (WHERE NOT b.claimed AND b.fate = 'included'), 0),
       coalesce(sum(b.net) FILTER (WHERE NOT b.claimed AND b.fate = 'written_off'), 0),
       coalesce(sum(b.net) FILTER (WHERE NOT b.claimed AND b.fate NOT IN ('included', 'written_off')), 0)
  FROM public.review_billable b
$$;

DELETE FROM pipeline_ledgersums;
INSERT INTO pipeline_ledgersums (id, recorded, corrected, claimed, included, written_off, waiting)
SELECT 1, recorded, corrected, claimed, included, written_off, waiting FROM wt_pipeline_lines();
