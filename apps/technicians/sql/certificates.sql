-- A certificate stays as it was issued, and a renewal takes the place of one of the same technician and kind, for longer.
CREATE OR REPLACE FUNCTION wt_certificate_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before technicians_certificate;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    RAISE EXCEPTION 'certificate % stays as it was issued', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'certificate_stays_as_issued';
  END IF;
  IF NEW.renews_id IS NULL THEN
    RETURN NEW;
  END IF;
  SELECT * INTO before FROM technicians_certificate WHERE id = NEW.renews_id;
  IF (before.technician_id, before.kind_id) IS DISTINCT FROM (NEW.technician_id, NEW.kind_id)
    OR NEW.expires_on <= before.expires_on THEN
    RAISE EXCEPTION 'certificate % is renewed by one of the same kind that lasts longer', before.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'certificate_renewal_goes_on';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER one_line BEFORE INSERT OR UPDATE ON technicians_certificate
  FOR EACH ROW EXECUTE FUNCTION wt_certificate_line();
