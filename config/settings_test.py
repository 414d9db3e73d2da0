"""Settings of the test run: the real thing, with cheap passwords and no built static files."""

import os
import tempfile
from pathlib import Path

# The tests have a folder and an embedded server of their own: apart from a running installation, and faster,
# since what they store may be lost. Set before the settings are read, and inherited by what a test starts.
os.environ["WATERTIGHT_VAR"] = str(Path(__file__).resolve().parent.parent / "var" / "tests")
os.environ["WATERTIGHT_THROWAWAY_DATABASE"] = "1"

from config.settings import *  # noqa: F403
from config.settings import STORAGES, TEMPLATES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="watertight-media-"))
EMAIL_FILE_PATH = Path(tempfile.mkdtemp(prefix="watertight-mail-"))
ALLOWED_HOSTS = ["*"]
TEMPLATES[0]["OPTIONS"] = TEMPLATES[0]["OPTIONS"] | {"environment": "tests.templates.environment"}
