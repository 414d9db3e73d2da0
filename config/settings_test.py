"""Settings of the test run: the real thing, with cheap passwords and no built static files."""

import tempfile
from pathlib import Path

from config.settings import *  # noqa: F403
from config.settings import STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="watertight-media-"))
EMAIL_FILE_PATH = Path(tempfile.mkdtemp(prefix="watertight-mail-"))
ALLOWED_HOSTS = ["*"]
