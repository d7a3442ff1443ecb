import pytest

from newsroom import checks

SMTP = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}


def ids(found):
    return [message.id for message in found]


def test_mails_that_reach_nobody_are_a_warning(settings):
    files = "django.core.mail.backends.filebased.EmailBackend"
    for mailer in [
        {"BACKEND": files, "OPTIONS": {"file_path": str(settings.MAIL_DIR)}},
        {"BACKEND": checks.CONSOLE},
    ]:
        settings.MAILERS = {"default": mailer}
        assert ids(checks.check_mail(None)) == ["newsroom.W001"]
    elsewhere = {"BACKEND": files, "OPTIONS": {"file_path": "/srv/outgoing"}}
    for mailer in [SMTP, elsewhere]:
        settings.MAILERS = {"default": mailer}
        assert checks.check_mail(None) == []


@pytest.mark.parametrize(
    ("https", "proxies", "warned"),
    [
        (True, [], ["newsroom.W002"]),
        (True, ["127.0.0.1"], []),
        (False, [], []),
    ],
)
def test_https_without_a_known_proxy_is_a_warning(settings, https, proxies, warned):
    settings.HTTPS = https
    settings.TRUSTED_PROXIES = proxies
    assert ids(checks.check_proxies(None)) == warned
