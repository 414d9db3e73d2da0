-- Whose login ends gets no news on that phone any more: at log-out, and when it is ended from elsewhere. A session whose time
-- ran out ends nothing: the phone goes on telling, and asks for the login when it is pressed.
CREATE OR REPLACE FUNCTION wt_session_ends_pushes() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  handle text := encode(sha256(convert_to(OLD.session_key, 'UTF8')), 'hex');
BEGIN
  DELETE FROM messaging_push p USING messaging_pushdevice d WHERE p.device_id = d.id AND d.session = handle;
  DELETE FROM messaging_pushdevice WHERE session = handle;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER session_ends_pushes
  AFTER DELETE ON accounts_session
  FOR EACH ROW WHEN (OLD.user_id IS NOT NULL AND OLD.expire_date > statement_timestamp())
  EXECUTE FUNCTION wt_session_ends_pushes();

-- What ends all sessions of a user, and makes every device a stranger again, ends all of them; so does leaving.
CREATE OR REPLACE FUNCTION wt_user_ends_pushes() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM messaging_push p USING messaging_pushdevice d WHERE p.device_id = d.id AND d.user_id = NEW.id;
  DELETE FROM messaging_pushdevice WHERE user_id = NEW.id;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER user_ends_pushes
  AFTER UPDATE OF stamp, is_active ON accounts_user
  FOR EACH ROW WHEN (OLD.stamp IS DISTINCT FROM NEW.stamp OR NOT NEW.is_active)
  EXECUTE FUNCTION wt_user_ends_pushes();
