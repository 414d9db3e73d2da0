-- Under what a customer signed nothing changes any more: who signs again adds a sign-off.
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON field_signoff
  FOR EACH ROW EXECUTE FUNCTION wt_refuse('a sign-off never changes');

-- The newest sign-off of a visit is one of its own.
ALTER TABLE field_signoff ADD CONSTRAINT sign_off_of_visit UNIQUE (id, visit_id);
ALTER TABLE field_visit ADD CONSTRAINT visit_keeps_its_own_sign_off FOREIGN KEY (sign_off_id, id)
  REFERENCES field_signoff (id, visit_id) DEFERRABLE INITIALLY DEFERRED;
