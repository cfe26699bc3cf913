"""Settings. Everything a county changes comes from the environment; the defaults run a pilot.

LINLI_DATA          data directory (database, files, keys, public folder), default ./data
LINLI_DATABASE_URL  postgres://… of the application role; without it SQLite in the data directory
LINLI_OWNER_URL     postgres://… of the role that owns the tables (migrations only)
LINLI_HOSTS         names the server answers to, comma separated
LINLI_URL           public address printed on notices and in QR codes
LINLI_PROXIES       how many proxies stand before the service and set X-Forwarded-For and -Proto
LINLI_DEMO          1 = demo mode: log-ins are shown on the log-in page
LINLI_DEBUG         1 = development
LINLI_METRICS_TOKEN what Prometheus shows to read /metrics; without it nobody reads it
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("LINLI_DATA", "data")).resolve()
DEMO = os.environ.get("LINLI_DEMO") == "1"
DEBUG = os.environ.get("LINLI_DEBUG") == "1"
PUBLIC_URL = os.environ.get("LINLI_URL", "http://localhost:8000").rstrip("/")
TESTING = "pytest" in sys.modules


def _secret() -> str:
    path = DATA / "keys" / "django.secret"
    if not path.exists():
        DATA.mkdir(parents=True, exist_ok=True, mode=0o750)
        path.parent.mkdir(exist_ok=True, mode=0o700)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text()
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


SECRET_KEY = "tests" if TESTING else os.environ.get("LINLI_SECRET") or _secret()
ALLOWED_HOSTS = os.environ.get("LINLI_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
if TESTING:
    ALLOWED_HOSTS.append("testserver")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE = PUBLIC_URL.startswith("https://")
PROXIES = int(os.environ.get("LINLI_PROXIES", "0"))
METRICS_TOKEN = os.environ.get("LINLI_METRICS_TOKEN", "")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "linli.web",
    "linli.search",
    "linli.indicators",
    "linli.prints",
    "linli.trail",
    "linli.files",
    "linli.cases",
    "linli.notices",
    "linli.places",
    "linli.people",
    "linli.workforce",
    "linli.vetting",
    "linli.exams",
    "linli.recruitment",
    "linli.training",
    "linli.mentoring",
    "linli.reserve",
    "linli.premises",
    "linli.leads",
    "linli.survey",
    "linli.remedy",
    "linli.handover",
    "linli.ledger",
    "linli.vouchers",
    "linli.bank",
    "linli.intake",
    "linli.disclosure",
    "linli.months",
    "linli.proof",
    "linli.oversight",
    "linli.portal",
    "linli.demo",
    "linli.upkeep",
]
MIDDLEWARE = [
    "linli.upkeep.watching.watched",
    "linli.web.middleware.body_limit",
    "linli.web.middleware.read_once",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "linli.people.middleware.session_limits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "linli.web.middleware.refusals",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "linli.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "linli.web.context.shell",
            ],
        },
    }
]


def postgres(url: str) -> dict:
    """A postgres://user:password@host:port/name address as Django settings."""
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # The server plans a statement once, not each time: a statement takes half as long.
        # A pooler between must keep prepared statements (PgBouncer 1.21 or later).
        # A server that does not answer is given up on within seconds, not within minutes.
        "OPTIONS": {
            "server_side_binding": True,
            "prepare_threshold": 5,
            "connect_timeout": 5,
            "tcp_user_timeout": 15_000,
        },
    }


# SQLite before 3.51.3 can corrupt a database when a write-ahead log is reset.
WAL_IS_SAFE = sqlite3.sqlite_version_info >= (3, 51, 3)
JOURNAL = "WAL" if WAL_IS_SAFE else "DELETE"
SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA / "linli.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            f"PRAGMA journal_mode={JOURNAL};PRAGMA synchronous=FULL;"
            "PRAGMA foreign_keys=ON;PRAGMA recursive_triggers=ON;PRAGMA mmap_size=0;"
        ),
    },
}
DATABASE_URL = os.environ.get("LINLI_DATABASE_URL", "")
OWNER_URL = os.environ.get("LINLI_OWNER_URL", "")
DATABASES = {"default": postgres(DATABASE_URL) if DATABASE_URL else SQLITE}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if DEMO:  # Its passwords stand on the log-in page; 150 accounts are made in one go.
    PASSWORD_HASHERS.insert(0, "linli.people.passwords.QuickArgon2")
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "linli.people.passwords.KindsOfCharacters"},
]
CSRF_FAILURE_VIEW = "linli.web.views.csrf_failed"
LOGIN_URL = "people:login"
LOGIN_REDIRECT_URL = "notices:desk"
LOGOUT_REDIRECT_URL = "people:login"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "linli.people.views.locked_out"
AXES_IPWARE_PROXY_COUNT = PROXIES
AXES_CLIENT_IP_CALLABLE = "linli.people.sessions.address_of"
AXES_VERBOSE = False

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
if SECURE:  # Nobody on a neighbouring host name can plant these.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_AGE = 12 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
if PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'", "'wasm-unsafe-eval'"],
        "style-src": ["'self'"],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = None  # served as built, nothing is collected
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
FILES = DATA / "files"
KEYS = DATA / "keys"
PUBLIC = DATA / "public"
MEDIA_ROOT = FILES
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
MOST_BODY_BYTES = 64 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# One JSON line for each request and fault, without personal data: linli/upkeep/logs.py.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "linli.upkeep.logs.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "linli": {"level": "INFO"},
        # Django's own handlers and levels give way; refused requests stand in their own line.
        "django": {"handlers": [], "level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "axes": {"level": "ERROR"},
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = ["axes.W003"]
