-- Hours that somebody put their name to stay as they were: who submits again adds to them.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON timesheets_submission
  FOR EACH ROW EXECUTE FUNCTION wt_refuse('submitted hours never change');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON timesheets_submittedday
  FOR EACH ROW EXECUTE FUNCTION wt_refuse('submitted hours never change');

-- Nothing is entered by hand, or taken off, while a week lies at the office.
CREATE FUNCTION wt_week_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM timesheets_week w
    WHERE w.id IN (NEW.week_id, OLD.week_id) AND w.status IN ('submitted', 'approved') FOR UPDATE;
  IF FOUND THEN
    RAISE EXCEPTION 'the week was submitted' USING ERRCODE = 'check_violation', CONSTRAINT = 'hand_time_of_an_open_week';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER week_open BEFORE INSERT OR UPDATE OR DELETE ON timesheets_handtime
  FOR EACH ROW EXECUTE FUNCTION wt_week_open();

-- A clock that changes after its hours were submitted makes its week differ. The rows are locked first: whoever submits
-- them at the same moment is waited for, and then seen. A clock that runs counts where it began: its end comes by here too.
CREATE FUNCTION wt_week_differs(technician bigint, since timestamptz, until timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE touched bigint[];
BEGIN
  SELECT array_agg(found.id) INTO touched FROM (
    SELECT w.id FROM timesheets_week w
     WHERE w.technician_id = technician
       AND w.monday::timestamp AT TIME ZONE 'Europe/Amsterdam' < coalesce(until, since + interval '1 microsecond')
       AND (w.monday + 7)::timestamp AT TIME ZONE 'Europe/Amsterdam' > since
     ORDER BY w.id FOR UPDATE) found;
  UPDATE timesheets_week SET changed = true
   WHERE id = ANY (touched) AND status IN ('submitted', 'approved') AND NOT changed;
END $$;
REVOKE ALL ON FUNCTION wt_week_differs(bigint, timestamptz, timestamptz) FROM PUBLIC;

CREATE FUNCTION wt_clock_changes_week() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM wt_week_differs(OLD.technician_id, OLD.started_at, OLD.ended_at);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM wt_week_differs(NEW.technician_id, NEW.started_at, NEW.ended_at);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER clock_changes_week AFTER INSERT OR DELETE OR UPDATE OF started_at, ended_at, kind, technician_id ON field_timeentry
  FOR EACH ROW EXECUTE FUNCTION wt_clock_changes_week();

CREATE FUNCTION wt_proposal_changes_week() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM wt_week_differs(t.technician_id, t.started_at, t.ended_at) FROM field_timeentry t WHERE t.id = NEW.entry_id;
  RETURN NULL;
END $$;
CREATE TRIGGER proposal_changes_week AFTER INSERT ON field_timeproposal
  FOR EACH ROW EXECUTE FUNCTION wt_proposal_changes_week();
