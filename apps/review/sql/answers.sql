-- What was put to a customer as extra work never changes, nor does the answer, whoever asks.
CREATE OR REPLACE FUNCTION wt_extra_work_offer_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE answer text[] := ARRAY['status', 'version', 'answered_at', 'answered_by'];
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.status NOT IN ('approved', 'declined') AND to_jsonb(OLD) - answer = to_jsonb(NEW) - answer THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% on % is refused: what was offered, and what was answered, never changes', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE OR REPLACE TRIGGER frozen BEFORE UPDATE OR DELETE ON review_extraworkoffer
  FOR EACH ROW EXECUTE FUNCTION wt_extra_work_offer_frozen();
