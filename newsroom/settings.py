"""
All settings of the site, from top to bottom. Only this module reads the environment.

With nothing set this is a production site on SQLite. What differs between machines is an
environment variable; a constant that never differs is in the module that uses it. Lists are
separated by spaces. A `.env` file beside `manage.py` is read if there is one; real environment
variables override it.
"""

import os
import re
import secrets
import tempfile
from contextlib import suppress
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import environ
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from whitenoise.compress import Compressor

from articles.core.site_address import site_origin, wire_name
from newsroom.server import database_waits

# What a language code in an address looks like.
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")


def made(folder):
    """The folder; if missing, created for its owner only, as it will hold addresses of readers."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"VAR_DIR: {folder} cannot be made: {error.strerror}."
        ) from error
    return folder


def secret_kept_in(path):
    """The secret in the file; created on the first start, readable by its owner only."""
    if not path.exists():
        # Written to a temporary file (O_EXCL, mode 600) and then linked: if two processes start
        # for the first time, one wins and the other never reads half a secret.
        descriptor, draft = tempfile.mkstemp(prefix=".secret_key", dir=path.parent)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
        with suppress(FileExistsError):
            os.link(draft, path)
        os.unlink(draft)
    secret = path.read_text().strip()
    if not secret:
        raise ImproperlyConfigured(
            f"SECRET_KEY: {path} is empty. Delete it to have a new one made."
        )
    return secret


def flag(name, *, default=False):
    """A boolean from the environment. Raises ImproperlyConfigured if it is invalid."""
    text = env(name, default="").strip().lower()
    if text not in {"", "0", "false", "no", "off", "1", "true", "yes", "on"}:
        raise ImproperlyConfigured(f"{name} must be true or false, not {text!r}.")
    return text in {"1", "true", "yes", "on"} if text else default


def from_url(name, default, read):
    """`read(url)` for a URL in the environment. Errors do not repeat it: it may hold a password."""
    try:
        return read(env(name, default=default))
    except (ValueError, KeyError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(
            f"{name} is not a URL that can be used here ({type(error).__name__})."
        ) from None


def whole_number(name, default):
    """An integer of at least 0 from the environment. Raises ImproperlyConfigured if invalid."""
    text = env(name, default=str(default))
    if not text.isdecimal():
        raise ImproperlyConfigured(
            f"{name} must be a whole number of 0 or more, not {text!r}."
        )
    return int(text)


def one_of(name, words):
    """One of the words, from the environment; the first when unset. Else ImproperlyConfigured."""
    word = env(name, default=words[0]).strip().lower()
    if word not in words:
        raise ImproperlyConfigured(
            f"{name} must be one of {', '.join(words)}, not {word!r}."
        )
    return word


def day(name):
    """A date from the environment, None when unset. Raises ImproperlyConfigured if invalid."""
    text = env(name, default="").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} must be a day such as 2027-01-31, not {text!r}."
        ) from None


def language_codes(name, *, but_for):
    """
    Language codes in lower case, each once and without `but_for`.

    Raises ImproperlyConfigured for a code whose language Django does not know.
    """
    codes = env(name, default="").lower().split()
    for code in codes:
        language = code.partition("-")[0]
        if not LANGUAGE.fullmatch(code) or not {code, language} & LANG_INFO.keys():
            raise ImproperlyConfigured(
                f"{name} must be language codes such as “de” or “pt-br”, separated by spaces; "
                f"{code!r} is none."
            )
    return [code for code in dict.fromkeys(codes) if code != but_for.lower()]


def rhythm(name):
    """
    How often moderators get the digest: one of three words, or `waiting 6h`.

    Raises ImproperlyConfigured for anything else.
    """
    text = " ".join(env(name, default="hourly").lower().split())
    hours = text.removeprefix("waiting ").removesuffix("h")
    is_waiting = text == f"waiting {hours}h" and hours.isascii() and hours.isdecimal()
    # At most four digits, which is more than a year.
    if is_waiting and len(hours) <= 4 and int(hours) > 0:
        return text
    if text not in {"at_once", "hourly", "daily"}:
        raise ImproperlyConfigured(
            f"{name} must be at_once, hourly, daily, or waiting and a number of hours "
            f"as in “waiting 6h”, not {text!r}."
        )
    return text


def mailer_from(url):
    """The entry of MAILERS for a MAIL_URL such as `smtp+tls://name:password@host:587`."""
    config = env.email_url_config(url)
    mailer = {"BACKEND": config["EMAIL_BACKEND"]}
    if mailer["BACKEND"].endswith("smtp.EmailBackend"):
        use_tls = config.get("EMAIL_USE_TLS", False)
        use_ssl = config.get("EMAIL_USE_SSL", False)
        mailer["OPTIONS"] = {
            "host": config["EMAIL_HOST"] or "localhost",
            "port": config["EMAIL_PORT"]
            or (587 if use_tls else 465 if use_ssl else 25),
            "username": config["EMAIL_HOST_USER"] or "",
            "password": config["EMAIL_HOST_PASSWORD"] or "",
            "use_tls": use_tls,
            "use_ssl": use_ssl,
            "timeout": 10,
        }
    elif mailer["BACKEND"].endswith("filebased.EmailBackend"):
        # An absolute path has three slashes, as in filemail:///srv/mail.
        mailer["OPTIONS"] = {"file_path": "/" + config["EMAIL_FILE_PATH"].lstrip("/")}
    return mailer


def database_from(url):
    """The entry of DATABASES for a DATABASE_URL: SQLite or PostgreSQL."""
    config = env.db_url_config(url)
    if config["ENGINE"] not in {
        "django.db.backends.sqlite3",
        "django.db.backends.postgresql",
    }:
        raise ValueError(config["ENGINE"])
    return config


# Machine

DEBUG = flag("DEBUG")
VAR_DIR = made(Path(env("VAR_DIR", default=str(BASE_DIR / "var"))).resolve())
SECRET_KEY = env("SECRET_KEY", default="") or secret_kept_in(VAR_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env("SECRET_KEY_FALLBACKS", default="").split()

SITE_NAME = env("SITE_NAME", default="Newsroom")
# As browsers send it in `Origin`: an international host name is in its wire form (xn--…).
try:
    SITE_URL = site_origin(env("SITE_URL", default="http://localhost:8000"))
except ValueError as error:
    raise ImproperlyConfigured(f"SITE_URL {error}") from None
site = urlsplit(SITE_URL)
HTTPS = site.scheme == "https"
try:
    ALLOWED_HOSTS = list(
        map(
            wire_name, env("ALLOWED_HOSTS", default="localhost 127.0.0.1 [::1]").split()
        )
    )
except ValueError as error:
    raise ImproperlyConfigured(f"ALLOWED_HOSTS has a wrong name: {error}.") from None
site_host = f"[{site.hostname}]" if ":" in site.hostname else site.hostname
if site_host not in ALLOWED_HOSTS and "ALLOWED_HOSTS" not in env:
    ALLOWED_HOSTS.append(site_host)

# The proxies in front of the site: addresses or networks whose X-Forwarded-* headers are
# trusted.
TRUSTED_PROXIES = env("TRUSTED_PROXIES", default="").split()

# How many comments a network may send: number per s, m, h or d.
COMMENT_RATE = env("COMMENT_RATE", default="5/m 30/h").split()

# The default for conversations: open, held or closed, and how many days after publication
# they close (0: never).
COMMENT_POLICY = one_of("COMMENT_POLICY", ["open", "held", "closed"])
COMMENTS_CLOSE_AFTER_DAYS = whole_number("COMMENTS_CLOSE_AFTER_DAYS", 0)

# This many networks must report a comment that no moderator has judged before it is held again.
REPORTS_TO_HOLD = whole_number("REPORTS_TO_HOLD", 5)

# How many of 100 decisions of the screening become audit samples for a moderator; 0: none.
SECOND_LOOKS = whole_number("SECOND_LOOKS", 2)
if SECOND_LOOKS > 100:
    raise ImproperlyConfigured(
        f"SECOND_LOOKS must be a whole number from 0 to 100, not {SECOND_LOOKS}."
    )

# After this many approvals the comments of a known person need not wait; 0: they always wait.
TRUST_AFTER_APPROVALS = whole_number("TRUST_AFTER_APPROVALS", 2)

# When moderators get the digest: at_once, hourly, daily, or, as in `waiting 6h`, when the
# oldest comment has waited that many hours, and then at most once an hour.
MODERATORS_MAIL = rhythm("MODERATORS_MAIL")

# Whether links in the digest decide without signing in: only for moderators without a second
# factor, and not if STAFF_SECOND_FACTOR is `required`.
DECIDE_BY_MAIL = one_of("DECIDE_BY_MAIL", ["on", "off"]) == "on"

# How many of the newest revisions of an article are always kept.
REVISIONS_KEPT = whole_number("REVISIONS_KEPT", 25)

# Whether the author of the last change of an article needs somebody else to publish it.
FOUR_EYES = flag("FOUR_EYES")

# Whether readers can see what changed in an article, version by version.
SHOW_CHANGES = flag("SHOW_CHANGES")

# The pixels of one uploaded picture (decoding may use more than 512 MiB of memory only above
# 25 million), and how many pictures are decoded at the same time on this machine.
IMAGE_MAX_PIXELS = whole_number("IMAGE_MAX_PIXELS", 25_000_000)
IMAGE_PROCESSES = whole_number("IMAGE_PROCESSES", 2)
if not IMAGE_MAX_PIXELS or not IMAGE_PROCESSES:
    raise ImproperlyConfigured(
        "IMAGE_MAX_PIXELS and IMAGE_PROCESSES must be 1 or more."
    )
# One lock file per process that may decode a picture.
IMAGE_TURNS_DIR = VAR_DIR / "picture-turns"

# How many seconds a public page is kept before Django renders it again; 0: not kept.
PAGE_CACHE_SECONDS = whole_number("PAGE_CACHE_SECONDS", 1)

# For how many seconds a kept page stands in while Django fails or is late; 0: not at all.
STALE_SECONDS = whole_number("STALE_SECONDS", 3600)
# The folder for the backup that `tick` makes once a day; unset: none is made.
BACKUP_DIR = env("BACKUP_DIR", default="").strip()
BACKUP_DIR = Path(BACKUP_DIR).resolve() if BACKUP_DIR else None

# Whether `manage.py db_worker` runs the tasks that an answer need not wait for.
WORKER = flag("WORKER")
if WORKER and find_spec("django_tasks_db") is None:
    raise ImproperlyConfigured(
        "WORKER is on, and there is no worker: install it with uv sync --extra worker, "
        "or switch WORKER off."
    )


# Apps

INSTALLED_APPS = [
    "comments",
    "articles",
    "taggit",
    "django_prose_editor",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sites",
    "django.contrib.flatpages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    # For its form templates, which ours include.
    "django.forms",
    # Last: it creates the roles, which need the permissions of all other apps.
    "newsroom",
]
if WORKER:
    INSTALLED_APPS.insert(0, "django_tasks_db")
SITE_ID = 1
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TAGGIT_CASE_INSENSITIVE = True


# Requests

MIDDLEWARE = [
    # Before redirects to https and refusals of a host, so that these answers have the headers.
    "newsroom.middleware.standing_headers",
    # Before anything that looks for the page of an address, or names one.
    "newsroom.languages.middleware.language_addresses",
    # Before anything that parses a body.
    "newsroom.server.body_limits.BodyLimits",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Before anything that needs the database.
    "newsroom.unavailable.answer_when_unavailable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    # Django's, which treats a session without its second factor as signed out.
    "newsroom.accounts.middleware.StaffAuthenticationMiddleware",
    # After it: the desk speaks the language of the account.
    "newsroom.languages.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "newsroom.middleware.NoEmptyField",
]
ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"


# Templates

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "newsroom.context.site",
            ],
        },
    },
]
# Form fields use templates of the project, too.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


# Database

# Connections to PostgreSQL in each process: one for each thread of the server that runs Django,
# and one for /readyz.
DATABASE_POOL_SIZE = whole_number("DATABASE_POOL_SIZE", 17)
if not DATABASE_POOL_SIZE:
    raise ImproperlyConfigured("DATABASE_POOL_SIZE must be 1 or more.")

DATABASES = {
    "default": from_url(
        "DATABASE_URL", f"sqlite:///{VAR_DIR / 'newsroom.sqlite3'}", database_from
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a transaction takes the write lock when it begins and waits for it, instead of
    # failing half way. FULL: a commit is on the disk when it returns. Django itself enables
    # foreign keys.
    DATABASES["default"] |= {
        "CONN_MAX_AGE": 600,
        # A file, as in production: tests with threads need real locks.
        "TEST": {"NAME": VAR_DIR / "test.sqlite3"},
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
        },
    }
else:
    DATABASES["default"]["OPTIONS"] = database_waits.bounded(
        DATABASES["default"].get("OPTIONS", {}), pool_size=DATABASE_POOL_SIZE
    )
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# What the processes of all machines count together; see comments.security.refusals.
CACHES = {"default": from_url("CACHE_URL", "locmemcache://", env.cache_url_config)}
if CACHES["default"]["BACKEND"].endswith("RedisCache"):
    if find_spec("redis") is None:
        raise ImproperlyConfigured(
            "CACHE_URL names a Redis, and nothing here can speak to it: install it with "
            "uv sync --extra redis, or unset CACHE_URL."
        )
    # In seconds: a request does not wait longer for it.
    CACHES["default"].setdefault("OPTIONS", {}).update(
        socket_connect_timeout=0.25, socket_timeout=0.25
    )


# Accounts

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "newsroom.accounts.passwords.ExpectedWordsValidator"},
    {"NAME": "newsroom.accounts.passwords.RepetitionValidator"},
]
# In seconds, how long the mailed link for a new password works.
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
LOGIN_URL = "admin:login"
AUTHENTICATION_BACKENDS = ["newsroom.accounts.backend.AccountBackend"]

# Second factors for the desk: `offered`, `off`, or `required` of everybody, if set from the
# day STAFF_SECOND_FACTOR_FROM (in TIME_ZONE) on.
STAFF_SECOND_FACTOR = one_of("STAFF_SECOND_FACTOR", ["offered", "off", "required"])
STAFF_SECOND_FACTOR_FROM = day("STAFF_SECOND_FACTOR_FROM")

# A session of the desk ends after this many hours without a request.
STAFF_SESSION_HOURS = whole_number("STAFF_SESSION_HOURS", 12)
if STAFF_SESSION_HOURS == 0:
    raise ImproperlyConfigured("STAFF_SESSION_HOURS must be at least 1.")
SESSION_ENGINE = "newsroom.accounts.session_store"

# `comments` calls it to learn which accounts may decide by one-click links.
ACCOUNTS_THAT_DECIDE_BY_MAIL = "newsroom.accounts.second_factor.deciding_by_mail"


# Language and time

LANGUAGE_CODE = env("LANGUAGE_CODE", default="en")
# `articles` and `comments` call these to learn in which language they write to somebody.
LANGUAGE_OF_READERS = "newsroom.languages.shipped.site_language"
LANGUAGES_OF_INTERFACE = "newsroom.languages.shipped.SHIPPED"
LANGUAGES_OF_ACCOUNTS = "newsroom.languages.accounts.languages_of"
# Articles in these languages have addresses below `/<code>/`.
FURTHER_LANGUAGES = language_codes("LANGUAGES", but_for=LANGUAGE_CODE)
LANGUAGES = [
    (code, LANG_INFO.get(code, {}).get("name", code))
    for code in [LANGUAGE_CODE, *FURTHER_LANGUAGES]
]
TIME_ZONE = env("TIME_ZONE", default="UTC")
if TIME_ZONE not in available_timezones():
    raise ImproperlyConfigured(
        f"TIME_ZONE must be a name such as Europe/Vienna, not {TIME_ZONE!r}."
    )
LOCALE_PATHS = [BASE_DIR / "newsroom" / "locale"]
FORMAT_MODULE_PATH = ["newsroom.formats"]
USE_I18N = True
USE_TZ = True


# Files

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "media/"
MEDIA_ROOT = VAR_DIR / "media"
# Pictures are in a folder or in a store that speaks S3. In the store, only `originals/` and
# `renditions/` may be readable by everybody.
S3_BUCKET = env("S3_BUCKET", default="")
if S3_BUCKET and find_spec("storages") is None:
    raise ImproperlyConfigured(
        "S3_BUCKET is set, and nothing here can speak to a store: install it with "
        "uv sync --extra s3, or unset S3_BUCKET."
    )
S3 = {
    "bucket_name": S3_BUCKET,
    "endpoint_url": env("AWS_S3_ENDPOINT_URL", default="") or None,
    "region_name": env("AWS_S3_REGION_NAME", default="") or None,
    "custom_domain": env("AWS_S3_CUSTOM_DOMAIN", default="") or None,
    # A new file replaces an old one of the same name.
    "file_overwrite": True,
    "querystring_auth": False,
    "default_acl": None,
    "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
}
if S3_BUCKET:
    # botocore's own limits are a minute, five times over.
    from botocore.config import Config  # only with the extra

    S3["client_config"] = Config(
        connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 2}
    )
STORE_HOST = S3["custom_domain"] or urlsplit(S3["endpoint_url"] or "").netloc
if S3_BUCKET and not STORE_HOST:
    STORE_HOST = f"{S3_BUCKET}.s3.amazonaws.com"
STORAGES = {
    "default": (
        {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": S3}
        if S3_BUCKET
        else {"BACKEND": "articles.images.file_storage.WholeFileStorage"}
    ),
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_MAX_AGE = 0 if DEBUG else 60
# Source maps are for developers' tools, and take half of the time of collecting.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")


# Mail

# `articles` calls it to mail a writer; the mail waits there for the mail server.
STAFF_OUTBOX = "newsroom.accounts.account_mail.write"
# Unless MAIL_URL names a mail server, mails become files in this folder.
MAIL_DIR = VAR_DIR / "mail"
if env("MAIL_URL", default=""):
    MAILERS = {"default": from_url("MAIL_URL", "", mailer_from)}
else:
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(MAIL_DIR)},
        }
    }
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default=f"newsroom@{site.hostname}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_SUBJECT_PREFIX = f"[{SITE_NAME}] "


# Tasks: without a worker they run at once, in the process that starts them.

TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend"
        if WORKER
        else "django.tasks.backends.immediate.ImmediateBackend"
    }
}


# Log: one JSON object per line, on standard output.

# Whether `serve` writes a line for each request.
ACCESS_LOG = flag("ACCESS_LOG", default=True)
# Who sends this token as `Authorization: Bearer …` may read /metrics; unset: nobody.
METRICS_TOKEN = env("METRICS_TOKEN", default="").strip()
# When it is imported, prometheus_client looks here to learn that several processes count
# together. `serve` names the folder of its own workers.
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(VAR_DIR / "metrics"))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "newsroom.logs.JSONFormatter"}},
    "filters": {
        "no_advice_about_threads": {
            "()": "newsroom.logs.NoAdviceAboutThreads",
        }
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
        }
    },
    "root": {"handlers": ["stdout"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["stdout"], "level": "INFO", "propagate": False},
        # At lower levels it logs the identifier of every passkey that is used.
        "fido2": {"level": "WARNING"},
        "_granian": {"filters": ["no_advice_about_threads"]},
        # Otherwise two lines about each task; one that fails is an error.
        "django.tasks": {"level": "DEBUG" if DEBUG else "WARNING"},
    },
}


# Security

# Only what is listed here is loaded: no workers, manifests, media or plug-ins.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    # Requests of our scripts: private pages of one's own comments, and autosave at the desk.
    "connect-src": [CSP.SELF],
    # The desk shows previews beside the form.
    "frame-src": [CSP.SELF],
    # For the import map of the admin's editor. The header has the nonce only if a template
    # asks for it, and no public template does.
    "script-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:", *([STORE_HOST] if S3_BUCKET else [])],
    # Otherwise the sources of scripts would apply.
    "worker-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "newsroom.views.not_sent_from_here"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = HTTPS
if HTTPS:
    # Browsers accept a cookie with this prefix only over https, from this very host and for all
    # of it, so that no other host of the domain can replace it (RFC 6265bis, 4.1.3).
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    MESSAGE_COOKIE_NAME = "__Host-messages"
    # This one is for a part of the host only, which `__Host-` does not allow.
    BROWSER_COOKIE_NAME = "__Secure-signed_in_before"
else:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "sessionid", "csrftoken"
    MESSAGE_COOKIE_NAME, BROWSER_COOKIE_NAME = "messages", "signed_in_before"
MESSAGE_STORAGE = "newsroom.message_storage.MessageStorage"
CSRF_COOKIE_HTTPONLY = SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = flag("HSTS_INCLUDE_SUBDOMAINS")
SECURE_HSTS_PRELOAD = flag("HSTS_PRELOAD")
# The largest form holds the text of an article.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
SILENCED_SYSTEM_CHECKS = [
    # HSTS for subdomains and preloading bind other hosts for a year, so an operator must
    # switch them on (HSTS_INCLUDE_SUBDOMAINS, HSTS_PRELOAD).
    "security.W005",
    "security.W021",
]
