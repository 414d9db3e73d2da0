-- Whether a company is a demo is said when its row is made. It never becomes one afterwards: what writes fiction asks for the
-- mark, and no setting of a real company's row may open it to that.
CREATE FUNCTION wt_demo_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'whether a company is a demo is said when it is made, and never changes';
END $$;
CREATE TRIGGER demo_mark BEFORE UPDATE OF demo ON company_company
FOR EACH ROW WHEN (NEW.demo IS DISTINCT FROM OLD.demo) EXECUTE FUNCTION wt_demo_mark();
