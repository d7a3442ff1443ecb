import logging

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from hypothesis import given
from hypothesis import strategies as st

from comments.security.networks import recent_hashes
from newsroom.server.proxies import (
    AMBIGUOUS,
    REFUSAL,
    TrustedProxies,
    address_in,
    networks,
)

FORWARDED = {
    "HTTP_X_FORWARDED_FOR": "203.0.113.7",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "news.example",
    "HTTP_X_FORWARDED_PORT": "444",
    "HTTP_FORWARDED": "for=203.0.113.7",
}


@pytest.fixture(autouse=True)
def _proxies(settings):
    settings.TRUSTED_PROXIES = ["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"]


def as_django_sees_it(peer, *, proxies=None, **headers):
    """The environ that Django gets, without the keys that the middleware left alone."""
    plain = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", "HTTP_HOST": "inside"}
    seen = {}

    def application(environ, start_response):
        seen.update(environ)
        return [b"answer"]

    layer = proxies or TrustedProxies(application)
    layer._application = application
    assert layer(plain | headers, None) == [b"answer"]
    return {name: value for name, value in seen.items() if plain.get(name) != value}


def test_a_request_that_no_proxy_passed_on_stays_as_it_is():
    for peer in ["127.0.0.1", "203.0.113.9", "", "not an address"]:
        assert as_django_sees_it(peer, HTTP_ACCEPT="*/*") == {"HTTP_ACCEPT": "*/*"}


def test_a_trusted_proxy_is_believed_and_its_headers_are_gone():
    for peer in ["127.0.0.1", "10.1.2.3", "2001:db8::1", "::ffff:10.1.2.3"]:
        assert as_django_sees_it(peer, **FORWARDED) == {
            "REMOTE_ADDR": "203.0.113.7",
            "wsgi.url_scheme": "https",
            "HTTP_HOST": "news.example",
        }


def test_a_stranger_is_not_believed_and_the_headers_are_gone():
    assert as_django_sees_it("198.51.100.1", **FORWARDED) == {}


def test_without_trusted_proxies_nobody_is_believed(settings):
    settings.TRUSTED_PROXIES = []
    assert as_django_sees_it("198.51.100.1", **FORWARDED) == {}


@pytest.mark.parametrize(
    ("forwarded_for", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7", "203.0.113.7"),
        ("6.6.6.6,203.0.113.7,10.0.0.2", "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7, 10.0.0.2, 127.0.0.1", "203.0.113.7"),
        ("10.0.0.5, 10.0.0.6", "10.0.0.5"),
        ("203.0.113.7:51234", "203.0.113.7"),
        ("2a00:1::7", "2a00:1::7"),
        ("[2a00:1::7]:51234", "2a00:1::7"),
        ("[2a00:1::7]", "2a00:1::7"),
        ('"[2a00:1::7]:51234"', "2a00:1::7"),
        ("2A00:0001::0007", "2a00:1::7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, 2001:db8::5", "203.0.113.7"),
        # An item that cannot be parsed ends the chain.
        ("203.0.113.7, unknown, 10.0.0.2", "10.0.0.2"),
        ("unknown", "127.0.0.1"),
        ("", "127.0.0.1"),
        (", ,", "127.0.0.1"),
        ("203.0.113.7,", "127.0.0.1"),
        ("1.2.3", "127.0.0.1"),
        ("999.1.1.1", "127.0.0.1"),
        ("<script>", "127.0.0.1"),
        ("203.0.113.7" + ", 10.0.0.2" * 3, "203.0.113.7"),
        ("6.6.6.6, " + "10.0.0.2, " * 5000 + "10.0.0.9", "10.0.0.2"),
    ],
)
def test_the_reader_is_the_rightmost_address_that_is_no_proxy(forwarded_for, client):
    seen = as_django_sees_it("127.0.0.1", HTTP_X_FORWARDED_FOR=forwarded_for)
    assert seen.get("REMOTE_ADDR", "127.0.0.1") == client


@pytest.mark.parametrize(
    ("scheme", "seen"),
    [
        ("https", "https"),
        ("HTTPS", "https"),
        ("http", "http"),
        (" https ", "https"),
        ("http, https", "https"),
        ("gopher", "http"),
        ("", "http"),
        (",", "http"),
        ("https\x00", "http"),
    ],
)
def test_the_scheme_is_one_of_two(scheme, seen):
    environ = as_django_sees_it("127.0.0.1", HTTP_X_FORWARDED_PROTO=scheme)
    assert environ.get("wsgi.url_scheme", "http") == seen


@pytest.mark.parametrize(
    ("forwarded_for", "scheme"),
    [
        # One trusted proxy: everything before its value is the client's.
        ("203.0.113.7", "http"),
        # Two trusted proxies: the one in front spoke to the client.
        ("203.0.113.7, 10.0.0.2", "https"),
        ("203.0.113.7, 10.0.0.3, 10.0.0.2", "https"),
    ],
)
def test_the_scheme_is_what_the_proxy_nearest_to_the_reader_saw(forwarded_for, scheme):
    environ = as_django_sees_it(
        "127.0.0.1",
        HTTP_X_FORWARDED_FOR=forwarded_for,
        HTTP_X_FORWARDED_PROTO="https, http",
    )
    assert environ.get("wsgi.url_scheme", "http") == scheme


def test_an_empty_host_changes_nothing():
    assert as_django_sees_it("127.0.0.1", HTTP_X_FORWARDED_HOST=" ") == {}


@given(
    peer=st.sampled_from(["127.0.0.1", "10.0.0.1", "198.51.100.1", "192.168.0.1", "?"]),
    said=st.dictionaries(
        st.sampled_from(sorted(FORWARDED)),
        st.text() | st.text(alphabet="0123456789abcdef.:[],%/ ", max_size=60),
    ),
)
def test_no_header_is_too_wild(peer, said):
    layer = TrustedProxies(None)
    layer._not_yet_warned.acquire(blocking=False)
    seen = as_django_sees_it(peer, proxies=layer, **said)
    assert not seen.keys() & FORWARDED.keys()
    assert seen.keys() <= {
        "REMOTE_ADDR",
        "wsgi.url_scheme",
        "HTTP_HOST",
        "newsroom.network_unknown",
    }
    if "REMOTE_ADDR" in seen:
        assert address_in(seen["REMOTE_ADDR"])


@pytest.mark.parametrize("peer", ["127.0.0.2", "192.168.1.5", "::1", "fd00::5", ""])
def test_behind_a_proxy_that_nobody_named_the_network_is_unknown(peer, caplog):
    seen = as_django_sees_it(peer, **FORWARDED)
    assert seen == {"newsroom.network_unknown": True}
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": peer} | seen
    assert recent_hashes(request) == []


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("198.51.100.1", {"HTTP_X_FORWARDED_FOR": "203.0.113.7"}),
        ("127.0.0.1", {"HTTP_X_FORWARDED_FOR": "203.0.113.7"}),
        ("192.168.1.5", {"HTTP_X_FORWARDED_PROTO": "https"}),
        ("192.168.1.5", {}),
    ],
)
def test_otherwise_the_network_is_known(peer, headers):
    assert "newsroom.network_unknown" not in as_django_sees_it(peer, **headers)


def test_one_warning_says_what_to_set(caplog):
    layer = TrustedProxies(None)
    with caplog.at_level(logging.WARNING):
        for peer in ["192.168.1.5", "192.168.1.5", "127.0.0.2"]:
            as_django_sees_it(peer, proxies=layer, **FORWARDED)
        as_django_sees_it("198.51.100.1", **FORWARDED)
    [record] = caplog.records
    assert record.levelname == "WARNING"
    assert "192.168.1.5" in record.getMessage()
    assert "TRUSTED_PROXIES" in record.getMessage()


@pytest.mark.parametrize(
    "wrong",
    [
        "*",
        "proxy.example",
        "10.0.0.0/33",
        "10.0.0.1/8",
        "10.0.0",
        "1.2.3.4,5.6.7.8",
        "",
    ],
)
def test_a_proxy_that_cannot_be_read_stops_the_start(settings, wrong):
    settings.TRUSTED_PROXIES = ["127.0.0.1", wrong]
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES") as error:
        TrustedProxies(None)
    assert wrong in str(error.value)


def test_addresses_and_networks_of_both_kinds_can_be_named():
    assert [
        str(network) for network in networks(["127.0.0.1", "10.0.0.0/8", "::1"])
    ] == [
        "127.0.0.1/32",
        "10.0.0.0/8",
        "::1/128",
    ]


def refused(peer, *names, layer=None):
    """Status and headers of the answer to a request with ambiguous forwarding headers."""
    said = []
    layer = layer or TrustedProxies(lambda environ, start_response: [b"answer"])
    environ = {"REMOTE_ADDR": peer, AMBIGUOUS: set(names), **FORWARDED}
    body = layer(environ, lambda *answer: said.append(answer))
    return b"".join(body), said


@pytest.mark.parametrize("name", ["x-forwarded-for", "x_forwarded_for"])
def test_headers_that_may_be_the_readers_are_refused_from_a_trusted_proxy(name, caplog):
    layer = TrustedProxies(None)
    for _ in range(2):
        body, [(status, headers)] = refused("127.0.0.1", name, layer=layer)
        assert status == "400 Bad Request"
        assert body == b"The proxy of this site passed on contradictory headers.\n"
        assert dict(headers)["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in dict(headers)["Content-Security-Policy"]
    # One warning per process, for the operator who must configure the proxy.
    [record] = caplog.records
    assert f"passes on {name}" in record.getMessage()
    assert "docs/operating.md" in record.getMessage()
    assert layer.kept({"REMOTE_ADDR": "127.0.0.1", AMBIGUOUS: {name}}) is None


def test_from_everyone_else_they_are_ignored_as_ever():
    assert refused("198.51.100.1", "x-forwarded-for") == (b"answer", [])


@pytest.mark.parametrize(
    ("peer", "said", "taken"),
    [
        ("127.0.0.1", "a1b2-c3/d4=", "a1b2-c3/d4="),
        ("203.0.113.9", "a1b2-c3", None),
        ("", "a1b2-c3", None),
        ("127.0.0.1", None, None),
        ("127.0.0.1", "", None),
        ("127.0.0.1", "x" * 129, None),
        ("127.0.0.1", "one,two", None),
        ("127.0.0.1", 'a"b', None),
        ("127.0.0.1", "a\r\nSet-Cookie: x", None),
        ("127.0.0.1", "ä", None),
    ],
)
def test_the_id_of_a_request_comes_from_a_trusted_proxy_or_nobody(peer, said, taken):
    environ = {"REMOTE_ADDR": peer}
    if said is not None:
        environ["HTTP_X_REQUEST_ID"] = said
    assert TrustedProxies(None).request_id(environ) == taken


# With https in SITE_URL, Django redirects what came by http.


def answer_of(peer, path="/", **headers):
    """The status and the text of the answer; the application says that it redirects."""

    def application(environ, start_response):
        start_response("301 Moved Permanently", [])
        return [b""]

    application.kept = lambda environ: "a kept page"
    started = []
    layer = TrustedProxies(application)
    environ = {
        "REMOTE_ADDR": peer,
        "wsgi.url_scheme": "http",
        "HTTP_HOST": "news.example",
        "PATH_INFO": path,
    } | headers
    # The server asks for a kept page first, with the same environ.
    kept = layer.kept(environ)
    body = layer(environ, lambda status, headers: started.append(status))
    assert (kept is None) == (REFUSAL in environ)
    return started[0][:3], b"".join(body).decode()


@pytest.fixture
def https(settings):
    settings.SECURE_SSL_REDIRECT = True


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_X_FORWARDED_PROTO": "http", "HTTP_X_FORWARDED_FOR": "203.0.113.7"},
        {"HTTP_FORWARDED": "for=203.0.113.7;proto=https"},
    ],
)
@pytest.mark.parametrize("peer", ["192.168.0.2", "198.51.100.1", ""])
def test_a_proxy_that_is_not_named_is_told_so_instead_of_redirected(
    https, caplog, peer, headers
):
    status, text = answer_of(peer, **headers)
    assert status == "400"
    assert "TRUSTED_PROXIES" in text
    assert peer in caplog.text
    # Where our machines are is nobody's business.
    assert not peer or peer not in text


def test_a_named_proxy_that_does_not_say_the_scheme_is_told_so(https):
    status, text = answer_of("127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.7")
    assert status == "400"
    assert "X-Forwarded-Proto" in text


def test_what_need_not_loop_is_still_redirected(https):
    proxied = {"HTTP_X_FORWARDED_PROTO": "http"}
    assert answer_of("127.0.0.1", **proxied)[0] == "301"
    assert answer_of("203.0.113.9")[0] == "301"
    # A probe of a load balancer needs no https.
    for path in ["/healthz", "/readyz"]:
        assert answer_of("192.168.0.2", path, HTTP_X_FORWARDED_PROTO="http")[0] == "301"


def test_without_https_no_proxy_is_refused():
    assert answer_of("192.168.0.2", HTTP_X_FORWARDED_PROTO="https")[0] == "301"
