"""No page shows outsiders anything that is not public."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from articles.models import Article
from tests.factories import (
    DAY,
    HOUR,
    make_article,
    make_correction,
    make_image,
    make_person,
    make_shown_comment,
    make_user,
    make_visible_article,
)

# Every public address that shows more than one article; a new page needs a line here. `{year}`
# and `{month}` are replaced by those of the articles.
PUBLIC_LISTS = [
    "/",
    "/tags/",
    "/tags/rivers/",
    "/tags/rivers/rss.xml",
    "/people/ana-ruiz/",
    "/corrections/",
    "/corrections/rss.xml",
    "/archive/",
    "/archive/{year}/",
    "/archive/{year}/{month}/",
    "/feeds/rss.xml",
    "/sitemap.xml",
    "/sitemaps/{year}/{month}.xml",
    "/sitemaps/pages.xml",
    "/articles/the-visible-one/",
    "/articles/the-visible-one/comments/",
    "/articles/the-visible-one/comments/rss.xml",
    "/comments/rss.xml",
    "/articles/the-visible-one/report-error/",
    "/articles/the-visible-one/changes/",
]
LISTS_WITHOUT_ARTICLES = {
    "/tags/",
    "/archive/",
    "/sitemaps/pages.xml",
    "/comments/rss.xml",
}

HIDDEN = ["draft", "in review", "scheduled", "embargoed", "withdrawn", "vanished"]


@pytest.fixture
def now():
    """The middle of a month, so that an hour earlier or later is in the same month."""
    with time_machine.travel(timezone.now().replace(day=15)):
        yield timezone.now()


@pytest.fixture(autouse=True)
def shown_changes(settings):
    settings.SHOW_CHANGES = True


@pytest.fixture
def ana(db):
    return make_person(name="Ana Ruiz")


@pytest.fixture
def visible(ana, now):
    article = make_visible_article(
        title="The visible one",
        tags=["Rivers"],
        byline=[ana],
        published_at=now - 2 * HOUR,
    )
    make_shown_comment(article=article)
    make_correction(article=article)
    return article


@pytest.fixture(params=HIDDEN)
def hidden(request, ana, visible, now):
    """An article like the visible one, with its own tag and author in addition."""
    article = make_visible_article(
        title="Kept under wraps",
        standfirst="Wrapped standfirst",
        body="<p>Wrapped text</p>",
        tags=["Rivers", "Wrapped tag"],
        byline=[ana, make_person(name="Wrapped author")],
        lead_image=make_image(alt="Wrapped picture"),
        published_at=now - HOUR,
    )
    make_shown_comment(article=article, body="Wrapped comment")
    make_correction(article=article, text="Wrapped correction")
    {
        "draft": lambda: _set(article, status="draft"),
        "in review": lambda: _set(article, status="in_review"),
        "scheduled": lambda: _set(article, published_at=now + HOUR),
        "embargoed": lambda: _set(article, embargo_until=now + HOUR),
        "withdrawn": lambda: article.withdraw(reason="Wrapped reason"),
        "vanished": lambda: article.withdraw(kind=Article.Withdrawal.VANISHED),
    }[request.param]()
    return article


def _set(article, **fields):
    Article.objects.filter(pk=article.pk).update(**fields)


def _address(pattern, article):
    at = timezone.localtime(article.published_at)
    return pattern.format(year=f"{at:%Y}", month=f"{at:%m}")


@pytest.mark.parametrize("pattern", PUBLIC_LISTS)
def test_no_public_page_shows_what_is_hidden(client, pattern, visible, hidden):
    page = client.get(_address(pattern, visible))
    text = page.content.decode()
    assert page.status_code == 200
    if pattern not in LISTS_WITHOUT_ARTICLES:
        assert visible.get_absolute_url() in text
    assert hidden.get_absolute_url() not in text
    assert "rapped" not in text  # neither its words, nor its tag, author or comment
    assert "wraps" not in text
    assert hidden.lead_image.fingerprint not in text


def test_no_page_of_a_further_language_shows_what_is_hidden(
    client, visible, hidden, settings
):
    settings.FURTHER_LANGUAGES = ["de"]
    _set(visible, language="de")
    _set(hidden, language="de")
    visible.refresh_from_db()
    assert visible.get_absolute_url().startswith("/de/articles/")
    for pattern in PUBLIC_LISTS:
        address = _address(pattern, visible)
        page = client.get(address if "sitemap" in address else f"/de{address}")
        text = page.content.decode()
        assert page.status_code == 200
        if pattern not in LISTS_WITHOUT_ARTICLES:
            assert visible.get_absolute_url() in text
        assert "rapped" not in text
        assert "wraps" not in text


def test_a_hidden_translation_is_named_nowhere(client, visible, hidden, settings):
    settings.FURTHER_LANGUAGES = ["de"]
    _set(visible, language="en")
    _set(hidden, language="de", translation_of=visible)
    for pattern in [*PUBLIC_LISTS, "/de/", "/de/tags/", "/de/feeds/rss.xml"]:
        text = client.get(_address(pattern, visible)).content.decode()
        assert "/de/articles/" not in text
        assert "rapped" not in text
        assert "wraps" not in text
        assert "language-switch" not in text
        if "/articles/" in pattern or "sitemap" in pattern:
            assert "xhtml:link" not in text
            assert 'rel="alternate" hreflang' not in text
    assert client.get("/de/tags/rivers/").status_code == 404
    assert client.get("/de/people/ana-ruiz/").status_code == 404
    _set(hidden, status="published", published_at=visible.published_at)
    _set(hidden, embargo_until=None)
    assert "/de/articles/" in client.get("/articles/the-visible-one/").content.decode()


@pytest.mark.parametrize("pattern", PUBLIC_LISTS)
@pytest.mark.parametrize("kind", ["notice", "replaced"])
def test_what_is_withdrawn_with_a_trace_stands_in_no_list(
    client, pattern, kind, visible, now
):
    article = make_visible_article(
        title="Kept under wraps", tags=["Wrapped tag"], published_at=now - HOUR
    )
    make_shown_comment(article=article, body="Wrapped comment")
    make_correction(article=article, text="Wrapped correction")
    article.withdraw(kind=kind, replaced_by=visible)
    text = client.get(_address(pattern, visible)).content.decode()
    assert "rapped" not in text
    assert "wraps" not in text


@pytest.mark.every_case
@pytest.mark.parametrize("pattern", PUBLIC_LISTS)
def test_every_public_page_shows_it_once_it_is_visible(client, pattern, visible, now):
    article = make_visible_article(
        title="Kept under wraps",
        tags=["Rivers", "Wrapped tag"],
        byline=[*visible.people, make_person(name="Wrapped author")],
        published_at=now - HOUR,
    )
    make_shown_comment(article=article, body="Wrapped comment")
    make_correction(article=article)
    text = client.get(_address(pattern, visible)).content.decode()
    of_one_article = pattern.startswith(
        (
            "/articles/the-visible-one/comments/",
            "/articles/the-visible-one/report-error/",
            "/articles/the-visible-one/changes/",
        )
    )
    if pattern == "/archive/" or of_one_article:
        assert "rapped" not in text
    else:
        assert article.get_absolute_url() in text or "rapped" in text


def test_a_hidden_article_is_counted_nowhere(client, visible, hidden):
    assert [
        (tag.name, tag.articles_found) for tag in client.get("/tags/").context["tags"]
    ] == [("Rivers", 1)]


def test_a_hidden_article_is_nobodys_neighbour(client, visible, hidden, now):
    newest = make_visible_article(title="The newest", published_at=now)
    page = client.get(visible.get_absolute_url())
    assert page.context["newer"] == newest
    assert client.get(newest.get_absolute_url()).context["older"] == visible


@pytest.mark.parametrize(
    "what", ["", "comments/", "comments/rss.xml", "report-error/", "changes/"]
)
def test_a_hidden_article_has_no_page(client, hidden, what):
    page = client.get(hidden.get_absolute_url() + what)
    assert page.status_code in {404, 410}
    assert "rapped" not in page.content.decode()
    assert "wraps" not in page.content.decode()


@pytest.mark.parametrize("what", ["", "report/"])
def test_comments_on_a_hidden_article_lead_nowhere(client, hidden, what):
    page = client.get(hidden.comments.get().get_absolute_url() + what)
    assert "rapped" not in page.content.decode()
    assert page.status_code in {404, 410}


@pytest.mark.parametrize(
    "address",
    ["/tags/wrapped-tag/", "/tags/wrapped-tag/rss.xml", "/people/wrapped-author/"],
)
def test_tags_and_people_of_hidden_articles_alone_are_not_found(
    client, hidden, address
):
    assert client.get(address).status_code == 404


def test_a_month_of_hidden_articles_alone_is_not_found(client, db):
    at = timezone.now() - timedelta(days=800)
    make_article(published_at=at, tags=["Rivers"])
    assert client.get(f"/archive/{at:%Y}/").status_code == 404
    assert client.get(f"/archive/{at:%Y/%m}/").status_code == 404
    assert client.get(f"/sitemaps/{at:%Y/%m}.xml").status_code == 404


def test_the_front_page_keeps_a_story_on_top_only_while_it_is_visible(client, visible):
    visible.put_on_top()
    _set(visible, embargo_until=timezone.now() + DAY)
    assert "The visible one" not in client.get("/").content.decode()


def test_old_addresses_of_hidden_articles_lead_nowhere(client, hidden):
    if hidden.status == Article.Status.WITHDRAWN:
        expected = 410 if hidden.withdrawal == Article.Withdrawal.GONE else 404
    else:
        expected = 404
    hidden.rename("a-newer-address")
    page = client.get("/articles/kept-under-wraps/")
    assert page.status_code == expected
    assert "a-newer-address" not in page.content.decode()


def test_the_desk_sees_a_hidden_article_and_nobody_keeps_it(client, hidden):
    client.force_login(make_user(role="Editors"))
    page = client.get(hidden.get_absolute_url())
    assert "Not public" in page.content.decode()
    assert page.headers["Cache-Control"] == "private, no-store"


def test_the_desk_sees_public_lists_as_readers_do(client, visible, hidden):
    client.force_login(make_user(role="Editors"))
    assert "wraps" not in client.get("/").content.decode()
