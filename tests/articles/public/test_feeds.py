import json
import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import feedparser
import pytest
from django.conf import settings

from articles.public.feeds import ARTICLES_IN_A_FEED
from tests.factories import HOUR, make_correction, make_person, make_visible_article

AT = datetime(2025, 9, 5, 6, 30, tzinfo=UTC)


def read(client, address="/feeds/rss.xml"):
    feed = feedparser.parse(client.get(address).content)
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def test_the_feed_holds_whole_articles(client, db):
    make_visible_article(
        title="Frost & fire",
        standfirst="One night <in> April.",
        body="<h2>Part</h2><p>Every <em>word</em>.</p>",
        tags=["Climate", "Orchards"],
        byline=[make_person(name="Ana Ruiz"), make_person(name="Inés Ó Dálaigh")],
        published_at=AT,
    )
    [entry] = read(client).entries
    assert entry.title == "Frost & fire"
    assert entry.summary == "One night &lt;in&gt; April."
    assert entry.content[0].value == "<h2>Part</h2><p>Every <em>word</em>.</p>"
    assert [tag.term for tag in entry.tags] == ["Climate", "Orchards"]
    assert [author.name for author in entry.authors] == ["Ana Ruiz", "Inés Ó Dálaigh"]
    assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == AT


def test_every_link_in_the_feed_names_the_site(client, db):
    article = make_visible_article(
        body='<p><a href="/about/">us</a> <a href="#s-x">here</a> '
        '<a href="https://example.com/">them</a> <code>href="/as-text"</code></p>'
        '<figure><img src="/media/a.jpg" alt="A"></figure>'
    )
    feed = read(client)
    [entry] = feed.entries
    url = settings.SITE_URL + article.get_absolute_url()
    assert entry.link == url
    assert feed.feed.link == settings.SITE_URL + "/"
    body = entry.content[0].value
    assert re.findall(r'<[^>]*(?:href|src)="([^"]*)"', body) == [
        f"{settings.SITE_URL}/about/",
        f"{url}#s-x",
        "https://example.com/",
        f"{settings.SITE_URL}/media/a.jpg",
    ]
    assert 'href="/as-text"' in body


def test_the_host_of_the_request_stands_nowhere_in_the_feed(client, db):
    make_visible_article()
    page = client.get("/feeds/rss.xml", headers={"host": "127.0.0.1"})
    assert settings.SITE_URL in page.content.decode()
    assert "127.0.0.1" not in page.content.decode()


def test_an_article_keeps_its_id_when_its_address_and_title_change(client, db):
    article = make_visible_article(published_at=AT)
    [before] = read(client).entries
    article.rename("elsewhere")
    article.title = "Another title"
    article.save()
    article.redate(AT - HOUR)
    [after] = read(client).entries
    assert after.link != before.link
    assert after.id == before.id
    assert not after.guidislink


def test_what_xml_cannot_say_does_not_break_the_feed(client, db):
    make_visible_article(
        title="Bell \x07 and \x1b escape \ufffe",
        standfirst="Form\x0cfeed",
        body="<p>A\x08B \uffff ]]&gt; C</p>",
        tags=["Ta\x01g"],
        byline=[make_person(name="N\x02ame")],
    )
    ElementTree.fromstring(client.get("/feeds/rss.xml").content)
    [entry] = read(client).entries
    assert entry.title == "Bell  and  escape"
    assert entry.tags[0].term == "Tag"
    assert entry.author == "Name"


def test_the_naughty_strings_do_not_break_the_feed(client, db, samples):
    strings = json.loads((samples / "unicode" / "blns.json").read_text())
    text = " ".join(strings).replace("\x00", "")
    make_visible_article(title=text[:250], standfirst=text, body=f"<p>{text}</p>")
    ElementTree.fromstring(client.get("/feeds/rss.xml").content)


def test_the_feed_holds_the_newest_articles_only(client, db):
    articles = [
        make_visible_article(published_at=AT - age * HOUR)
        for age in range(ARTICLES_IN_A_FEED + 2)
    ]
    assert [entry.title for entry in read(client).entries] == [
        article.title for article in articles[:ARTICLES_IN_A_FEED]
    ]


def test_a_feed_without_articles_is_a_feed(client, db):
    assert read(client).entries == []


def test_a_tag_has_a_feed_of_its_own(client, db):
    make_visible_article(title="Tagged", tags=["Water"])
    make_visible_article(title="Other", tags=["Fire"])
    feed = read(client, "/tags/water/rss.xml")
    assert [entry.title for entry in feed.entries] == ["Tagged"]
    assert feed.feed.title == f"Water – {settings.SITE_NAME}"


@pytest.mark.parametrize("address", ["/", "/tags/water/"])
def test_pages_name_their_feed(client, db, address):
    make_visible_article(tags=["Water"])
    page = client.get(address).content.decode()
    for feed in re.findall(r'type="application/rss\+xml"[^>]*href="([^"]+)"', page):
        assert (
            client.get(feed).headers["Content-Type"].startswith("application/rss+xml")
        )


def test_the_feed_names_who_photographed_as_a_contributor(client, db):
    ana, ben = make_person(name="Ana Ruiz"), make_person(name="Ben Cole")
    make_visible_article().set_byline(
        (ben, "photographs"), (ana, "by"), (ana, "editing")
    )
    page = client.get("/feeds/rss.xml").content.decode()
    assert page.count("<dc:creator>Ana Ruiz</dc:creator>") == 1
    assert page.count("<dc:contributor>Ben Cole</dc:contributor>") == 1
    assert page.count("Ana Ruiz") == 1


def test_corrections_have_a_feed(client, db):
    shown = make_correction(text="It is <b>6.4</b>.\n\nNot 6.5.")
    hidden = make_correction(text="Of something hidden")
    hidden.article.withdraw()
    [entry] = read(client, "/corrections/rss.xml").entries
    assert entry.title == f"Correction: {shown.article.title}"
    assert entry.link.endswith(f"#correction-{shown.pk}")
    assert "&lt;b&gt;6.4&lt;/b&gt;" in entry.description
    page = client.get("/corrections/").content.decode()
    assert 'href="/corrections/rss.xml"' in page


def test_the_feed_of_corrections_takes_as_many_queries_for_one_as_for_many(
    client, db, django_assert_num_queries
):
    for number in [1, 5]:
        for _ in range(number):
            make_correction()
        with django_assert_num_queries(1):
            client.get("/corrections/rss.xml")
