import pytest

from articles.core.site_address import (
    readable_name,
    site_origin,
    wire_name,
    wire_netloc,
)


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("News.Example.org", "news.example.org"),
        ("zürich.example", "xn--zrich-kva.example"),
        # Not strasse.example, which is another host.
        ("straße.example", "xn--strae-oqa.example"),
        ("xn--zrich-kva.example", "xn--zrich-kva.example"),
        (".zürich.example", ".xn--zrich-kva.example"),
        ("*", "*"),
        ("[::1]", "[::1]"),
    ],
)
def test_a_host_name_is_sent_in_ascii(name, sent):
    assert wire_name(name) == sent


def test_a_name_that_cannot_be_sent_is_refused():
    with pytest.raises(ValueError, match="too long|Label"):
        wire_name("ü" * 80 + ".example")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://xn--zrich-kva.example:8443", "zürich.example:8443"),
        ("https://news.example.org:8443", "news.example.org:8443"),
        ("https://xn--zzzzzzzzz.example", "xn--zzzzzzzzz.example"),
    ],
)
def test_people_read_a_host_name_in_their_letters(address, name):
    assert readable_name(address) == name


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://News.Example.org/", "https://news.example.org"),
        ("https://news.example.org:443", "https://news.example.org"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("https://zürich.example", "https://xn--zrich-kva.example"),
        ("http://[2001:db8::1]:8000", "http://[2001:db8::1]:8000"),
    ],
)
def test_the_address_of_the_site_is_what_browsers_call_it(address, origin):
    assert site_origin(address) == origin
    assert wire_netloc(address) == origin.partition("://")[2]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("https://news.example.org/news", "must end after the host"),
        ("https://news.example.org/?a=1", "must end after the host"),
        ("https://news.example.org/#top", "must end after the host"),
        ("https://desk:secret@news.example.org", "must end after the host"),
        ("news.example.org", "must begin with http"),
        ("ftp://news.example.org", "must begin with http"),
        ("https://news.example.org:port", "is not an address"),
        ("https://[news", "is not an address"),
        ("https://" + "ü" * 80 + ".example", "is not an address"),
    ],
)
def test_another_address_is_refused_in_a_sentence(address, sentence):
    with pytest.raises(ValueError, match=sentence) as refused:
        site_origin(address)
    assert "secret" not in str(refused.value)
