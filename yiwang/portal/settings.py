"""Settings. Everything that differs between places comes from the environment (`YIWANG_…`), see docs/guide."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from yiwang.portal import env

HOME = Path(os.environ.get("YIWANG_HOME") or Path.cwd() / "var").resolve()
PACKAGE = Path(__file__).resolve().parent

DEBUG = env.flag("YIWANG_DEBUG", default=False)
DEMO = env.flag("YIWANG_DEMO", default=False)


def _secret_key() -> str:
    """From the environment, or made once and kept beside the data, readable by the owner only."""
    if given := os.environ.get("YIWANG_SECRET_KEY"):
        return given
    path = HOME / "secret.key"
    if not path.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii")


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = os.environ.get("YIWANG_HOSTS", "127.0.0.1,localhost").split(",")
DATABASES = {"default": env.database(os.environ.get("YIWANG_DATABASE") or f"sqlite:///{HOME / 'yiwang.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "rights.User"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "django_tasks",
    "django_tasks_db",
    "yiwang.core.ledger",
    "yiwang.core.orgs",
    "yiwang.core.workdays",
    "yiwang.core.rights",
    "yiwang.core.places",
    "yiwang.core.verdicts",
    "yiwang.core.attachments",
    "yiwang.core.jobs",
    "yiwang.core.notices",
    "yiwang.core.papers",
    "yiwang.core.flow",
    "yiwang.desk",
    "yiwang.areas.offices",
    "yiwang.areas.vehicles",
    "yiwang.areas.assets",
    "yiwang.areas.services",
    "yiwang.areas.energy",
    "yiwang.areas.reporting",
    "yiwang.areas.evaluation",
    "yiwang.areas.energy.judge",
    "yiwang.insight",
    "yiwang.portal",
]

MIDDLEWARE = [
    "yiwang.portal.proxies.ProxyMiddleware",
    "yiwang.portal.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "yiwang.core.rights.middleware.AccessMiddleware",
    "yiwang.portal.gate.GateMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "yiwang.portal.refusals.RefusalMiddleware",
    "yiwang.portal.trail.TrailMiddleware",
]

ROOT_URLCONF = "yiwang.portal.urls"
WSGI_APPLICATION = "yiwang.portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["yiwang.portal.templatetags.quick"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "yiwang.portal.shell.shell",
                "yiwang.portal.files.accepted",
            ],
        },
    }
]

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
# Five failures of a name at an address shut the pair out for half an hour; failures meanwhile do not prolong it.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # the ledger keeps log-ins
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "next"]
AXES_USERNAME_CALLABLE = "yiwang.core.rights.lockout.key"
AXES_CLIENT_IP_CALLABLE = "yiwang.portal.proxies.address"
AXES_LOCKOUT_CALLABLE = "yiwang.portal.home.pages.shut_out"
AXES_VERBOSE = False
# Passwords, sessions and the second factor by a named profile; the demo asks for less.
PASSWORD_PROFILE = env.one_of("YIWANG_PASSWORD_PROFILE", "asvs5" if DEMO else "dengbao3", ("dengbao3", "asvs5"))
_STRICT = PASSWORD_PROFILE == "dengbao3"  # noqa: S105 (a name)
AUTH_PASSWORD_VALIDATORS = [{"NAME": "yiwang.core.rights.passwords.Validator"}]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "yiwang.core.rights.hashers.PBKDF2SM3PasswordHasher",
]
if env.one_of("YIWANG_PASSWORD_HASH", "sha256", ("sha256", "sm3")) == "sm3":
    PASSWORD_HASHERS.reverse()  # others are still read, and rewritten at the next log-in
SECOND_FACTOR = env.flag("YIWANG_SECOND_FACTOR", default=_STRICT)  # approvers and administrators must have one
SESSION_IDLE = 60 * env.whole("YIWANG_IDLE_MINUTES", 30 if _STRICT else 0)  # seconds; 0: never
SESSION_SEEN_EVERY = 60  # seconds between two notes that a session is used
SESSIONS_EACH = env.whole("YIWANG_SESSIONS", 2 if _STRICT else 0)  # of one person at a time; 0: any number
ADMIN_NETS = env.nets("YIWANG_ADMIN_NETS")  # the three administrators only from these; empty: from anywhere
# Single sign-on, an extra: see docs/guide/login.md.
OIDC = env.oidc()
if OIDC:
    AUTHENTICATION_BACKENDS.append("yiwang.portal.oidc.Backend")
    globals().update(OIDC)
# The ledger: sha256 or sm3 (fixed when the first entry is sealed); refuse changes on the SQLite connection too.
LEDGER_HASH = os.environ.get("YIWANG_LEDGER_HASH", "sha256")
LEDGER_AUTHORIZER = env.flag("YIWANG_LEDGER_AUTHORIZER", default=True)
LEDGER_FAIL_AFTER = env.whole("YIWANG_LEDGER_FAIL_AFTER", 3600)  # seconds without sealing until writing stops; 0: never
LEDGER_KEY = HOME / "ledger-key.pem"
# Where each night's anchor goes. A folder on this machine is only a beginning: carry it off, or have it mailed.
LEDGER_ANCHOR_DIR = Path(os.environ.get("YIWANG_ANCHOR_DIR") or HOME / "anchors")
LEDGER_ANCHOR_MAIL = os.environ.get("YIWANG_ANCHOR_MAIL", "")

# Mail, for the anchors: without a host it is written to the log.
EMAIL_HOST = os.environ.get("YIWANG_MAIL_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = env.whole("YIWANG_MAIL_PORT", 465)
EMAIL_USE_SSL = env.flag("YIWANG_MAIL_SSL", default=True)
EMAIL_HOST_USER = os.environ.get("YIWANG_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("YIWANG_MAIL_PASSWORD", "")
DEFAULT_FROM_EMAIL = os.environ.get("YIWANG_MAIL_FROM", "yiwang@localhost")
EMAIL_TIMEOUT = 20
# Messages: how the platform is reached from outside (for links), intranets that robots may be in, days until read and
# unread messages are deleted.
SITE = os.environ.get("YIWANG_SITE", "")
RECOVERY = bool(EMAIL_HOST and SITE)  # whether a link to a new password can be mailed
WEBHOOK_NETWORKS = [one for one in os.environ.get("YIWANG_WEBHOOK_NETWORKS", "").split(",") if one.strip()]
NOTICE_DAYS = env.whole("YIWANG_NOTICE_DAYS", 180)
NOTICE_UNREAD_DAYS = env.whole("YIWANG_NOTICE_UNREAD_DAYS", 730)
LEDGER_SEALER_DATABASE = env.database(_url) if (_url := os.environ.get("YIWANG_SEALER_DATABASE")) else None

BADGE_SECONDS = 20  # for so long the numbers in the band are not counted again

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
STATEMENT_SECONDS = env.whole("YIWANG_STATEMENT_SECONDS", 60)  # of the web processes, on PostgreSQL; 0: no limit
FORMAT_MODULE_PATH = ["yiwang.portal.formats"]  # zh-hans groups by four, offices group by three

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(HOME / "files")},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
# Attachments: bytes of one, how many a record may have, and the virus scanner (clamd: tcp://host:port or unix:/path).
ATTACHMENT_BYTES = env.whole("YIWANG_ATTACHMENT_MB", 20) << 20
ATTACHMENT_MOST = env.whole("YIWANG_ATTACHMENT_MOST", 30)
ATTACHMENT_SCANNER = os.environ.get("YIWANG_SCANNER", "")
ATTACHMENT_SCANNER_SECONDS = env.whole("YIWANG_SCANNER_SECONDS", 10)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# The vehicle gateway: answer positions only when they are committed; how long a batch waits for more, how many points may wait
# for the database, connections, seconds of silence. TLS for terminals that can.
GATEWAY_AFTER_COMMIT = env.flag("YIWANG_GATEWAY_AFTER_COMMIT", default=True)
GATEWAY_LINGER_MS = env.whole("YIWANG_GATEWAY_LINGER_MS", 2)
GATEWAY_WAITING = env.whole("YIWANG_GATEWAY_WAITING", 50_000)
GATEWAY_CONNECTIONS = env.whole("YIWANG_GATEWAY_CONNECTIONS", 20_000)
GATEWAY_IDLE = env.whole("YIWANG_GATEWAY_IDLE", 900)
GATEWAY_CERTIFICATE = os.environ.get("YIWANG_GATEWAY_CERTIFICATE", "")
GATEWAY_KEY = os.environ.get("YIWANG_GATEWAY_KEY", "")
# Tracks: days that points, simplified tracks and Parquet files are kept; how old a reported position may be.
POINT_DAYS = env.whole("YIWANG_POINT_DAYS", 90)
TRACK_DAYS = env.whole("YIWANG_TRACK_DAYS", 730)
POINT_FILE_DAYS = env.whole("YIWANG_POINT_FILE_DAYS", 365)
POINT_OLDEST_DAYS = env.whole("YIWANG_POINT_OLDEST_DAYS", 30)
LAKE = Path(os.environ.get("YIWANG_LAKE") or HOME / "lake")
# How many days finished and parked background jobs are kept.
VISITOR_DAYS = env.whole("YIWANG_VISITOR_DAYS", 90)  # after so many days no person is left in the visits
# What the map of the cars is drawn on; nothing set: blank paper and no request to any other machine.
TIANDITU_KEY = os.environ.get("YIWANG_TIANDITU_KEY", "")
MAP_TILES = os.environ.get("YIWANG_MAP_TILES", "")  # https://…/{z}/{x}/{y}.png
MAP_GCJ02 = env.flag("YIWANG_MAP_GCJ", default=False)  # those tiles are in GCJ-02
MAP_ROADS = os.environ.get("YIWANG_MAP_ROADS", "")  # a GeoJSON file of the place's own roads
# How long a way takes, for planning: the great circle × DETOUR at so many km/h, or a server of routes (osrm, valhalla, tianditu).
DETOUR = env.whole("YIWANG_DETOUR_PERCENT", 135) / 100
DETOUR_KMH = float(env.whole("YIWANG_DETOUR_KMH", 40))
ROUTES_URL = os.environ.get("YIWANG_ROUTES_URL", "")
ROUTES_KIND = env.one_of("YIWANG_ROUTES_KIND", "osrm", ("osrm", "valhalla", "tianditu"))
JOB_DAYS = env.whole("YIWANG_JOB_DAYS", 30)
JOB_PARKED_DAYS = env.whole("YIWANG_JOB_PARKED_DAYS", 180)
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

SESSION_ENGINE = "yiwang.core.rights.store"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "yiwang.portal.errors.csrf_failure"
SECURE_HTTPS = env.flag("YIWANG_HTTPS", default=False)
# Whose X-Forwarded-… is believed.
SECURE_PROXIES = env.nets("YIWANG_PROXIES", "127.0.0.1,::1" if SECURE_HTTPS else "")
if SECURE_HTTPS:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked on the machine itself, without TLS
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # see portal.proxies
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("YIWANG_HSTS_SUBDOMAINS", default=True)
    SECURE_HSTS_PRELOAD = True
CSRF_COOKIE_HTTPONLY = True  # the token stands in the page

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "yiwang.portal.logs.OneLine", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
