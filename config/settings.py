"""Settings. Every value that differs between installations comes from the environment; see docs/deployment.md."""

import os
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from config.database import database_settings, secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("WATERTIGHT_VAR", BASE_DIR / "var"))

VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
SECRET_KEY = secret_key(VAR_DIR)
# Former keys, for what was signed or sealed with them.
SECRET_KEY_FALLBACKS = os.environ.get("WATERTIGHT_SECRET_KEY_FALLBACKS", "").split()
DEBUG = os.environ.get("WATERTIGHT_DEBUG") == "1"
HTTPS = os.environ.get("WATERTIGHT_HTTPS") == "1"
ALLOWED_HOSTS = os.environ.get("WATERTIGHT_HOSTS", "localhost 127.0.0.1 [::1]").split()
# How many proxies of our own stand in front, each adding the address that it sees to X-Forwarded-For.
TRUSTED_PROXIES = int(os.environ.get("WATERTIGHT_TRUSTED_PROXIES", "0"))
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []
# The address under which customers reach this installation; it stands in mails and on documents.
PUBLIC_ADDRESS = os.environ.get("WATERTIGHT_ADDRESS", "http://localhost:8000").rstrip("/")

# A server that knows the roads (OSRM), such as http://127.0.0.1:5000; without it ways are estimated from straight lines.
OSRM_SERVER = os.environ.get("WATERTIGHT_OSRM", "").rstrip("/")

INSTALLED_APPS = [
    "apps.accounts",  # before Django's own: its createsuperuser is ours
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "import_export",
    "apps.core",
    "apps.documents",
    "apps.messaging",
    "apps.company",
    "apps.customers",
    "apps.materials",
    "apps.technicians",
    "apps.intake",
    "apps.workorders",
    "apps.planning",
    "apps.field",
    "apps.timesheets",
    "apps.pricing",
    "apps.maintenance",
    "apps.quotes",
    "apps.review",
    "apps.invoicing",
    "apps.bookkeeping",
    "apps.pipeline",
    "apps.leaks",
    "apps.tasks",
    "apps.finance",
    "apps.office",
    "apps.acceptance",
    "config",
]

MIDDLEWARE = [
    "apps.core.middleware.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.core.compression.CompressionMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "csp.middleware.CSPMiddleware",
    "apps.core.middleware.DatabaseAwaitedMiddleware",
    "apps.core.staying_pages.StayingPagesMiddleware",
    "apps.core.outbox.OutboxMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apps.core.middleware.VisibleTextMiddleware",
    "apps.accounts.middleware.UserLanguageMiddleware",
    "apps.accounts.middleware.RefusedFormMiddleware",
    "apps.core.private_pages.PrivatePagesMiddleware",
    "apps.documents.middleware.KeptFilesMiddleware",
    "apps.documents.middleware.ReturnedFormMiddleware",
    "apps.core.middleware.DatabaseRoleMiddleware",
    "apps.accounts.middleware.LoginMiddleware",
    "apps.core.post_only.HeadMiddleware",
    "apps.core.post_only.PostOnlyMiddleware",
    "apps.core.middleware.RefusedMiddleware",
    "apps.core.middleware.IdempotencyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.accounts.middleware.ProofMiddleware",
]

CSRF_FAILURE_VIEW = "apps.accounts.views.stale.csrf_failed"

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,  # the controls of forms, which Django has as Jinja2 too
        "OPTIONS": {
            "environment": "config.jinja.environment",
            "context_processors": [
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.office.context_processors.shell",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": database_settings(VAR_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
    },
    # For what must not be written where a technician's database role could read it.
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
SESSION_ENGINE = "apps.accounts.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "apps.accounts.backends.AccountBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "office:home"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "apps.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
# Passwords, codes and mails are counted in accounts/guesses.py.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "reauthenticate": None,
    "change_password": None,
}
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}
ACCOUNT_FORMS = {
    "login": "apps.accounts.forms.LoginForm",
    "change_password": "apps.accounts.forms.ChangePasswordForm",
    "reauthenticate": "apps.accounts.forms.ProofForm",
}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
MFA_ADAPTER = "apps.accounts.factors.FactorAdapter"
MFA_FORMS = {"authenticate": "apps.accounts.forms.CodeForm", "activate_totp": "apps.accounts.forms.AppForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = "Watertight"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
# Nobody signs up by themselves: an address was given by a colleague who may manage users.
MFA_ALLOW_UNVERIFIED_EMAIL = True

GUARDIAN_RAISE_403 = False
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("nl", "Nederlands")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Amsterdam"
USE_I18N = USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["config.formats"]

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "apps.documents.storage.DurableStorage"},
    "staticfiles": {"BACKEND": "apps.core.staticfiles.JoinedStaticFilesStorage"},
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_000_000

# Without a mail host, mails are written as .eml files, so that nothing leaves a trial installation by accident.
EMAIL_HOST = os.environ.get("WATERTIGHT_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("WATERTIGHT_SMTP_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("WATERTIGHT_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("WATERTIGHT_SMTP_PASSWORD", "")
EMAIL_USE_SSL = EMAIL_PORT == 465  # encrypted from its first byte, and not by STARTTLS
EMAIL_USE_TLS = not EMAIL_USE_SSL and os.environ.get("WATERTIGHT_SMTP_TLS", "1") == "1"
EMAIL_TIMEOUT = 20
# Of mails from before the company has an address of its own; what the mail server knows us by, where that is an address.
DEFAULT_FROM_EMAIL = (
    EMAIL_HOST_USER if "@" in EMAIL_HOST_USER else f"watertight@{urlsplit(PUBLIC_ADDRESS).hostname}"
)
EMAIL_BACKEND = "apps.messaging.mail_server.MailServer" if EMAIL_HOST else "apps.messaging.folder.MailFolder"
EMAIL_FILE_PATH = VAR_DIR / "mail"

# The key by which browsers know this installation; set-up makes it once. Pushes: docs/adr/0023-push-messages.md.
PUSH_KEY_FILE = os.environ.get("WATERTIGHT_PUSH_KEY_FILE", VAR_DIR / "push_key.pem")
# The origin of a service that stands in for those of the browsers' makers, which need not be public. For tests only.
PUSH_STAND_IN = ""

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "apps.core.masking.MaskingFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"watertight": {"level": "INFO"}},
}
