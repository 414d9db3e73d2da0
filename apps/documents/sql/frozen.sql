-- A kept file (a signature, the PDF of an invoice) stays what it was; the keys that refer to it refuse its deletion.
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE ON documents_storedfile
  FOR EACH ROW EXECUTE FUNCTION wt_refuse('a file that is kept never changes');
