from articles.models import Article
from tests.factories import make_article

EVIL = '<p onclick="x()">a<script>alert(1)</script></p>'
CLEAN = "<p>a</p>"


def body_of(article):
    return Article.objects.values_list("body", flat=True).get(pk=article.pk)


def test_saving_cleans_the_text_and_shows_what_was_stored(db):
    article = make_article(body=EVIL)
    assert article.body == body_of(article) == CLEAN


def test_bulk_creation_cleans(db):
    (article,) = Article.objects.bulk_create([Article(title="a", slug="a", body=EVIL)])
    assert body_of(article) == CLEAN


def test_an_update_of_many_cleans(db):
    article = make_article()
    Article.objects.update(body=EVIL)
    assert body_of(article) == CLEAN


def test_a_bulk_update_cleans(db):
    article = make_article()
    article.body = EVIL
    Article.objects.bulk_update([article], ["body"])
    assert body_of(article) == CLEAN


def test_text_that_readers_see_survives(db):
    text = "<p>“Quotes” – dashes — €, 5 &lt; 6 &amp; so on…</p>"
    assert body_of(make_article(body=text)) == text
