-- Who goes out of service, or whose login ends, leaves no calendar that fetches on, nor one that begins again when they come back.
CREATE OR REPLACE FUNCTION wt_leaver_ends_calendar() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM technicians_calendarfeed WHERE technician_id = NEW.id;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER leaver_ends_calendar
  AFTER UPDATE OF active ON technicians_technician
  FOR EACH ROW WHEN (NOT NEW.active)
  EXECUTE FUNCTION wt_leaver_ends_calendar();

CREATE OR REPLACE FUNCTION wt_user_ends_calendar() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM technicians_calendarfeed f USING technicians_technician t
   WHERE f.technician_id = t.id AND t.user_id = NEW.id;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER user_ends_calendar
  AFTER UPDATE OF is_active ON accounts_user
  FOR EACH ROW WHEN (NOT NEW.is_active)
  EXECUTE FUNCTION wt_user_ends_calendar();
