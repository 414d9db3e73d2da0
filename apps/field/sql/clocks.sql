-- A clock is of whoever made its visit; "one running clock per technician" is a unique index on the column.
CREATE OR REPLACE FUNCTION wt_clock_technician() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT technician_id INTO NEW.technician_id FROM field_visit WHERE id = NEW.visit_id;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION wt_clock_technician() FROM PUBLIC;
CREATE OR REPLACE TRIGGER clock_technician BEFORE INSERT OR UPDATE OF visit_id, technician_id ON field_timeentry
  FOR EACH ROW EXECUTE FUNCTION wt_clock_technician();
