"""Any text in any field: no page breaks, and the text comes back unchanged."""

import json
from html import unescape

import pytest

from articles.models import Article
from tests.factories import make_visible_article


@pytest.fixture(scope="session")
def strings(samples):
    naughty = json.loads((samples / "unicode/blns.json").read_text())
    return [text.replace("\x00", "") for text in naughty if text.strip("\x00 \t\n")]


def test_no_public_page_breaks_on_any_text(client, db, strings):
    for text in strings:
        make_visible_article(title=text[:250], standfirst=text, body=text)
    article = make_visible_article(body="\n".join(strings))
    address = "/"
    while address:
        page = client.get(address)
        assert page.status_code == 200
        older = page.context["page"].older
        address = older and f"/?before={older}"
    for address in [article.get_absolute_url(), "/feeds/rss.xml", "/sitemap.xml"]:
        assert client.get(address).status_code == 200


def test_a_headline_comes_back_as_it_was_typed(client, db, strings):
    for text in strings[::10]:
        article = make_visible_article(title=text[:250])
        page = client.get(article.get_absolute_url()).content.decode()
        assert Article.objects.get(pk=article.pk).title in unescape(page)
