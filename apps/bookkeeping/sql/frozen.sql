-- What was given to the bookkeeper stays what it was.
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON bookkeeping_package
  FOR EACH ROW EXECUTE FUNCTION wt_refuse('a package that was exported never changes');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON bookkeeping_packageline
  FOR EACH ROW EXECUTE FUNCTION wt_refuse('what was exported stays marked as exported');
