from articles.core import departures
from tests.factories import make_article, make_visible_article


def test_what_left_after_a_number_is_known():
    before = departures.last_number()
    assert departures.after(before) == []
    departures.note("/articles/a/")
    departures.note("/articles/b/")
    assert departures.after(before) == ["/articles/a/", "/articles/b/"]
    assert departures.after(before + 1) == ["/articles/b/"]
    assert departures.after(departures.last_number()) == []


def test_what_is_too_long_ago_is_not_known_any_more():
    before = departures.last_number()
    for number in range(departures.MOST_REMEMBERED):
        departures.note(f"/articles/{number}/")
    assert len(departures.after(before)) == departures.MOST_REMEMBERED
    departures.note("/articles/one-more/")
    assert departures.after(before) is None


def test_an_article_that_left_the_site_is_noted(db, django_capture_on_commit_callbacks):
    article = make_visible_article()
    before = departures.last_number()
    with django_capture_on_commit_callbacks() as after_commit:
        article.withdraw()
    # Until the commit, readers see the article.
    assert departures.after(before) == []
    for callback in after_commit:
        callback()
    assert departures.after(before) == [article.get_absolute_url()]


def test_an_article_that_appears_is_not(db, django_capture_on_commit_callbacks):
    before = departures.last_number()
    with django_capture_on_commit_callbacks(execute=True):
        make_article().publish()
    assert departures.after(before) == []
