"""Links from one of our articles to another."""

from urllib.parse import quote

from articles.publishing.inbound_links import linking_to, slug_in, slugs_linked
from tests.factories import make_article, make_visible_article


def linking(slug, **fields):
    body = f'<p><a href="/articles/{slug}/">there</a></p>'
    return make_visible_article(body=body, **fields)


def test_the_slugs_of_our_own_articles_are_found(settings):
    html = (
        '<a title="x" href="/articles/one/">1</a><a href="/articles/one/#s-a">1</a>'
        f'<a href="{settings.SITE_URL}/articles/two?x=1">2</a>'
        '<a href="https://other.example/articles/three/">3</a>'
        '<a href="/tags/four/">4</a><a href="http://[">5</a>'
    )
    assert slugs_linked(html) == ["one", "two"]


def test_whatever_was_copied_names_the_article(settings):
    assert slug_in(" harbour ") == "harbour"
    assert slug_in("/articles/harbour/") == "harbour"
    assert slug_in(f"{settings.SITE_URL}/articles/harbour/") == "harbour"
    assert slug_in("https://other.example/articles/harbour/") == ""
    assert slug_in("two words") == ""


def test_an_address_below_a_language_names_the_article(db, settings):
    assert slug_in("/de/articles/hafen/") == ""
    settings.FURTHER_LANGUAGES = ["de"]
    assert slug_in("/de/articles/hafen/") == "hafen"
    assert slug_in("/fr/articles/hafen/") == ""
    assert slugs_linked('<a href="/de/articles/hafen/#s-a">1</a>') == ["hafen"]
    article = make_visible_article(title="Hafen", language="de")
    link = f'<p><a href="{article.get_absolute_url()}">there</a></p>'
    linking_article = make_visible_article(body=link)
    assert linking_to(article) == [linking_article]


def test_a_link_names_us_in_letters_or_as_it_is_sent(settings):
    settings.SITE_URL = "https://xn--zrich-kva.example"
    for host in ["zürich.example", "xn--zrich-kva.example", "Zürich.example:443"]:
        assert slug_in(f"https://{host}/articles/harbour/") == "harbour"
    assert slug_in("https://zurich.example/articles/harbour/") == ""


def test_who_links_to_an_article_is_found_under_all_of_its_addresses(db):
    article = make_visible_article(slug="old")
    article.rename("new")
    one, two = linking("old"), linking("new")
    linking("newer")
    make_article(body='<a href="/articles/new/">draft</a>')
    assert set(linking_to(article)) == {one, two}


def test_only_the_newest_visible_articles_are_looked_through(db, monkeypatch):
    monkeypatch.setattr("articles.publishing.inbound_links.ARTICLES_SEARCHED", 1)
    article = make_visible_article(slug="old")
    linking("old")
    assert len(linking_to(article)) == 1
    make_visible_article()
    assert linking_to(article) == []


def test_links_to_letters_of_any_script_are_found_in_every_spelling(db):
    article = make_visible_article(slug="зима-été")
    spellings = ["зима-été", quote("зима-été"), quote("зима-été").lower()]
    linking_articles = {linking(spelling) for spelling in spellings}
    linking("зима")
    assert set(linking_to(article)) == linking_articles
    for spelling in spellings:
        assert slug_in(f"/articles/{spelling}/") == "зима-été"
        assert slugs_linked(f'<a href="/articles/{spelling}">x</a>') == ["зима-été"]
    assert slug_in("зима-été") == "зима-été"
    assert slug_in("/articles/a b/") == ""
