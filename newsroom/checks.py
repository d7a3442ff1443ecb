"""System checks for `check --deploy`: settings that work here and not for a public site."""

from django.conf import settings
from django.core.checks import Tags, Warning, register

CONSOLE = "django.core.mail.backends.console.EmailBackend"


@register(Tags.security, deploy=True)
def check_mail(app_configs, **kwargs):
    """Warn when mails reach nobody: MAIL_URL is unset, or says that they are printed."""
    mailer = settings.MAILERS["default"]
    folder = mailer.get("OPTIONS", {}).get("file_path")
    if mailer["BACKEND"] != CONSOLE and folder != str(settings.MAIL_DIR):
        return []
    where = "printed" if mailer["BACKEND"] == CONSOLE else f"files in {folder}"
    return [
        Warning(
            f"Mails reach nobody: they are {where}.",
            hint="Set MAIL_URL to a mail server, such as "
            "smtp+tls://name:password@mail.example.org:587.",
            id="newsroom.W001",
        )
    ]


@register(Tags.security, deploy=True)
def check_proxies(app_configs, **kwargs):
    """Warn when the site is reached by https and no proxy may say so."""
    if not settings.HTTPS or settings.TRUSTED_PROXIES:
        return []
    return [
        Warning(
            "SITE_URL begins with https://, and no proxy is named in TRUSTED_PROXIES: "
            "every request looks like plain http, and no page is served.",
            hint="Set TRUSTED_PROXIES to the address of the proxy that speaks TLS, "
            "such as 127.0.0.1.",
            id="newsroom.W002",
        )
    ]
