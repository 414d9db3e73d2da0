-- Nobody is booked who left, also not while they are being taken out of service: the lock on their row makes the two take
-- turns, whoever books. What stands on the plan already stays there until somebody moves it, or takes it off.
CREATE OR REPLACE FUNCTION wt_assignment_in_service() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM technicians_technician t JOIN accounts_user u ON u.id = t.user_id
    WHERE t.id = NEW.technician_id AND t.active AND u.is_active FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'technician % is no longer in service', NEW.technician_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'booked_technician_is_in_service';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER booked_technician_is_in_service
  BEFORE INSERT OR UPDATE OF technician_id, period, active ON planning_assignment
  FOR EACH ROW WHEN (NEW.active) EXECUTE FUNCTION wt_assignment_in_service();
