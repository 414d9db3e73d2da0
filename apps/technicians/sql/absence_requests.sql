-- What somebody asks stays as they asked it, and is answered once: granted or declined by the office, or taken back. On the
-- phone nobody answers themselves.
CREATE OR REPLACE FUNCTION wt_absence_request_answered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status <> 'open' THEN
      RAISE EXCEPTION 'a request for days off begins open'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'absence_request_begins_open';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.technician_id, NEW.period, NEW.kind, NEW.words, NEW.asked_at)
    IS DISTINCT FROM (OLD.technician_id, OLD.period, OLD.kind, OLD.words, OLD.asked_at) THEN
    RAISE EXCEPTION 'what was asked never changes'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'absence_request_stays_as_asked';
  END IF;
  IF NEW.status <> OLD.status AND OLD.status <> 'open' THEN
    RAISE EXCEPTION 'request % was answered already', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'absence_request_is_answered_once';
  END IF;
  IF NEW.status <> OLD.status AND NEW.status <> 'withdrawn' AND current_user = 'wt_technician' THEN
    RAISE EXCEPTION 'the office answers'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'absence_request_is_answered_by_the_office';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER answered_once BEFORE INSERT OR UPDATE ON technicians_absencerequest
  FOR EACH ROW EXECUTE FUNCTION wt_absence_request_answered();
