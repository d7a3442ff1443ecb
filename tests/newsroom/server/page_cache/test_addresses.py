from collections import Counter
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from newsroom.languages.urls import urlconf_at
from newsroom.server import page_addresses
from newsroom.server.page_addresses import known_parameters, public_query
from tests.newsroom.server.page_cache.press import ask


def test_scheme_host_and_path_are_pages_of_their_own(cache, settings):
    settings.ALLOWED_HOSTS = ["testserver", "news.example"]
    https = {"wsgi.url_scheme": "https"}
    addresses = [
        {},
        {"HTTP_HOST": "news.example"},
        {"address": "/articles/flood/"},
        https,
        {"HTTP_HOST": "news.example", **https},
    ]
    numbers = [ask(cache, **address).text[0] for address in addresses]
    again = [ask(cache, **address).text[0] for address in addresses]
    assert numbers == again == ["1", "2", "3", "4", "5"]


def test_unknown_parameters_make_no_page_and_are_in_no_link(cache, press):
    for number in range(5):
        ask(cache, f"/?utm_source={number}&before=7")
    assert press.made == 1
    assert press.asked[0]["QUERY_STRING"] == "before=7"
    assert ask(cache, "/?before=7").text.startswith("1 ")


@pytest.mark.parametrize(
    "query",
    [
        "before=1&sort=new",
        "sort=new&before=1",
        "&&sort=new&before=1&",
        "sort=old&before=1&sort=new",
        "sort=%6e%65%77&before=1",
        "before=1&sort=new&x=%00%ff&Before=3",
    ],
)
def test_a_page_has_one_address_however_it_is_spelt(cache, press, query):
    ask(cache, "/?before=1&sort=new")
    assert ask(cache, f"/?{query}").text.startswith("1 ")
    assert press.asked[0]["QUERY_STRING"] == "before=1&sort=new"


@given(st.text(alphabet="abq=&%+;é\x00 12F", max_size=40))
def test_django_reads_the_same_from_the_one_spelling(query):
    query = query.encode().decode("latin-1")
    known = frozenset(["a", "q", "é"])
    sent = QueryDict(query.encode("latin-1"), encoding="utf-8")
    spelt = public_query(query, known)
    kept = QueryDict(spelt)
    assert kept.dict() == {name: sent[name] for name in known if name in sent}
    assert public_query(spelt, known) == spelt


def test_parameters_mean_nothing_where_there_is_no_page(cache, press):
    ask(cache, "/wp-login.php?a=1")
    ask(cache, "/wp-login.php?a=2")
    assert press.made == 1
    assert press.asked[0]["QUERY_STRING"] == ""


def test_a_forgotten_slash_loses_no_parameter(cache, press):
    ask(cache, "/search?q=flood&utm=1")
    ask(cache, "/desk?back=1")
    queries = [environ["QUERY_STRING"] for environ in press.asked]
    assert queries == ["q=flood", "back=1"]


def test_pages_that_are_not_public_reach_django_as_they_are(cache, press):
    for _ in range(2):
        ask(cache, "/desk/?b=1&a=2&b=3", headers={"Accept": "*/*"})
    assert press.made == 2
    assert press.asked[1]["QUERY_STRING"] == "b=1&a=2&b=3"
    assert press.asked[1]["HTTP_ACCEPT"] == "*/*"


def test_static_files_reach_django_as_they_are(cache, press):
    for _ in range(2):
        ask(cache, "/static/css/base.css?v=1", headers={"Accept-Encoding": "br"})
    assert press.made == 2
    assert press.asked[0]["HTTP_ACCEPT_ENCODING"] == "br"


def test_hosts_that_are_not_ours_are_left_to_django(cache, press):
    for host in ["evil.example", "", "a b", "testserver,evil.example", "x" * 300]:
        for _ in range(2):
            ask(cache, HTTP_HOST=host)
    assert press.made == 10
    assert press.asked[0]["HTTP_HOST"] == "evil.example"


@pytest.mark.parametrize(
    "host", ["testserver", "TestServer", "testserver.", "testserver:80"]
)
def test_a_host_has_one_name_however_it_is_spelt(cache, press, host):
    ask(cache)
    ask(cache, HTTP_HOST=host)
    assert press.made == 1


def test_only_the_ports_of_the_site_make_pages(cache, press, settings):
    settings.SITE_URL = "https://testserver:8443"
    for port in [8443, 8000, *range(9000, 9020)]:
        for _ in range(2):
            ask(cache, HTTP_HOST=f"testserver:{port}", SERVER_PORT="8000")
    hosts = Counter(environ["HTTP_HOST"] for environ in press.asked)
    assert hosts == {"testserver:8443": 1, "testserver:8000": 1, "testserver": 1}


@pytest.mark.parametrize("allowed", ["*", ".news.example"])
def test_hosts_that_only_a_pattern_allows_are_one(cache, press, settings, allowed):
    settings.ALLOWED_HOSTS = [allowed, "testserver"]
    settings.SITE_URL = "http://news.example"
    for number in range(10):
        ask(cache, HTTP_HOST=f"{number}.news.example")
    ask(cache, HTTP_HOST="testserver")
    hosts = [environ["HTTP_HOST"] for environ in press.asked]
    assert hosts == ["news.example", "testserver"]


def test_addresses_longer_than_any_of_ours_are_not_kept(cache, press):
    long = "x" * page_addresses.LONGEST_ADDRESS
    for address in [f"/{long}", f"/?before={long}"]:
        for _ in range(2):
            ask(cache, address)
    assert press.made == 4


def test_more_parameters_than_django_takes_are_left_to_django(cache, press, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5
    query = urlencode([("a", 1)] * 6)
    ask(cache, f"/?{query}")
    assert press.asked[0]["QUERY_STRING"] == query


def test_pages_of_further_languages_are_kept_with_their_parameters(settings):
    settings.FURTHER_LANGUAGES = ["de"]

    def known(path):
        return known_parameters(urlconf_at(path), path)

    assert known("/de/") == known("/") == {"before", "after"}
    assert known("/de/people/ana/") == {"before", "after", "role"}
    assert known("/de/comments/mine/token/") is None
    # No page of the desk is below a prefix: these are pages that do not exist.
    assert known("/de/admin/") == known("/no-page/") == frozenset()
    assert known("/admin/") is None
