"""Mails of this site as they are sent."""

import re
from email import message_from_bytes, policy

import pytest
from django.core.mail.backends.smtp import EmailBackend

from articles.core.mail.compose import compose


def letter(subject="Hello", body="Words.", **options):
    message = compose(subject, body, to="ines@example.org", **options)
    return message_from_bytes(
        message.message(policy=policy.SMTP).as_bytes(), policy=policy.default
    )


def test_a_mail_has_both_parts_and_says_that_a_machine_wrote_it():
    sent = letter("Łódź – “Москва”", "Straße & <b>")
    assert sent["Subject"] == "Łódź – “Москва”"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["To"] == "ines@example.org"
    plain, html = sent.iter_parts()
    assert plain.get_content().strip() == "Straße & <b>"
    assert html.get_content_type() == "text/html"
    assert "Straße &amp; &lt;b&gt;" in html.get_content()


def test_a_mail_carries_the_name_and_the_host_of_the_site(settings):
    settings.SITE_NAME = "Die Süddeutsche"
    settings.SITE_URL = "https://bücher.example:8443"
    settings.DEFAULT_FROM_EMAIL = "newsroom@bücher.example"
    sent = letter()
    assert re.fullmatch(r"<[^@\s]+@xn--bcher-kva\.example>", sent["Message-ID"].strip())
    [sender] = sent["From"].addresses
    assert sender.display_name == "Die Süddeutsche"
    assert sender.addr_spec == "newsroom@xn--bcher-kva.example"


def test_a_name_that_the_operator_has_set_stays(settings):
    settings.DEFAULT_FROM_EMAIL = "Desk, the <desk@example.org>".replace(
        "Desk, the", '"Desk, the"'
    )
    [sender] = letter()["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Desk, the", "desk@example.org")


def test_the_address_of_the_envelope_can_be_read(settings):
    settings.SITE_NAME = 'Ünï, "co" <x@y.example>'
    settings.DEFAULT_FROM_EMAIL = "newsroom@bücher.example"
    message = compose("x", "y", to="a@example.org")
    sender = EmailBackend.prep_address(None, message.from_email)
    assert sender == "newsroom@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "name", ["A paper", "Ünï, “co”", 'A "b", c', "<x@y.example>", ""]
)
def test_whatever_the_site_is_called_one_address_sends(settings, name):
    settings.SITE_NAME = name
    [sender] = letter()["From"].addresses
    assert sender.display_name == name
    assert sender.addr_spec == "newsroom@localhost"


def test_addresses_of_the_site_become_buttons_where_nothing_else_is_said(settings):
    settings.SITE_URL = "https://a.example"
    body = "https://a.example/x/\n\nhttps://a.example.evil/\n\nhttps://b.example/\n\nGo to https://a.example/y/"
    html = letter(body=body).get_body(["html"]).get_content()
    assert re.findall(r'href="([^"]*)"', html) == ["https://a.example/x/"]
