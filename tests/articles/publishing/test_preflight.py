"""The preflight: the checks of an article before it is published."""

import pytest
from django.utils import timezone

from articles.content.html import clean_article
from articles.models import Article
from articles.publishing import preflight
from articles.publishing.actions import save
from articles.publishing.preflight import Problem, problems_of, problems_of_all
from tests.factories import DAY, make_article, make_person, make_visible_article

IN_ORDER = {
    "title": "Harbour opens",
    "standfirst": "After nine years.",
    "body": "<p>Words.</p>",
    "slug": "harbour",
    "tags": ["Harbour"],
    "byline": [{"person": 1, "name": "Ana Ruiz", "role": "by"}],
}


def sentences(**changes):
    return " ".join(problem.sentence for problem in problems_of(IN_ORDER | changes))


def kinds(**changes):
    return [problem.kind for problem in problems_of(IN_ORDER | changes)]


def of(article):
    return " ".join(p.sentence for p in problems_of_all([article])[article.pk])


def test_an_article_in_order_has_no_problems():
    assert problems_of(IN_ORDER) == []


def test_a_headline_is_measured_in_letters_as_readers_see_them():
    assert kinds(title="e\u0301" * 120) == []
    assert "has 121 characters" in sentences(title="👨‍👩‍👧" * 121)


def test_what_every_article_needs_is_an_error():
    assert kinds(title=" ") == ["error"]
    assert kinds(body="") == ["error"]
    assert kinds(body="<p> </p>") == ["error"]


def test_what_it_should_have_is_a_warning():
    assert kinds(title="x" * 120) == []
    assert "has 121 characters" in sentences(title="x" * 121)
    assert kinds(title="x" * 121, standfirst="", tags=[]) == ["warning"] * 3


def test_headings_stand_in_their_order():
    assert kinds(body="<h2>One</h2><h3>Two</h3>") == []
    assert "“Two b”" in sentences(body="<h3>Two <em>b</em></h3><h2>One</h2>")


FIGURE = (
    '<figure><img src="/media/a.jpg"{alt}><figcaption>{credit}</figcaption></figure>'
)


@pytest.mark.parametrize(
    ("alt", "credit", "found"),
    [
        (' alt="A crane"', "Photograph: Ana Ruiz", []),
        ("", "Ana Ruiz", ["warning"]),
        (' alt=" "', "Ana Ruiz", ["warning"]),
        (' alt="IMG_1234.JPG"', "Ana Ruiz", ["warning"]),
        (' alt="DSC01234"', "Ana Ruiz", ["warning"]),
        (' alt="a.jpg shows a crane"', "Ana Ruiz", []),
        (' alt="A crane"', " ", ["warning"]),
    ],
)
def test_a_picture_says_what_is_seen_and_whose_it_is(alt, credit, found):
    assert kinds(body=FIGURE.format(alt=alt, credit=credit)) == found


def test_a_picture_outside_a_figure_has_no_credit():
    assert "has no credit" in sentences(
        body='<p>a <img src="/media/a.jpg" alt="A"></p>'
    )


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("example.org", ["warning"]),
        ("www.example.org/a?b=1&amp;c", ["warning"]),
        ("articles/x/", ["warning"]),
        ("?page=2", ["warning"]),
        ("https://example.org/", []),
        ("/about/", []),
        ("mailto:desk@example.org", []),
        ("tel:+4912345", []),
        ("#s-why", []),
        ("#comments", []),
        ("#s-nowhere", ["warning"]),
        ("#s-na%C3%AFve", []),
    ],
)
def test_a_link_is_whole_and_leads_to_a_place_that_exists(link, found):
    body = clean_article(f'<h2>Why</h2><h2>Naïve</h2><p><a href="{link}">a</a></p>')
    assert kinds(body=body) == found


def test_notes_and_references_belong_together():
    reference = '<a href="#note-{0}" id="noteref-{0}">{0}</a>'
    body = clean_article(
        f"<p>a{reference.format(1)} b{reference.format(3)}</p>"
        '<ol class="notes"><li id="note-1">a</li>'
        '<li id="note-2">b <a href="#noteref-2">↩</a></li></ol>'
    )
    assert kinds(body=body) == ["warning"] * 2
    assert "refers to note 2." in sentences(body=body)
    assert "refers to note 3, which is missing" in sentences(body=body)


def test_an_empty_figure_of_an_older_release_is_named():
    assert "has no picture" in sentences(body="<p>a</p><figure></figure>")


def test_only_so_many_bad_links_are_named():
    body = "".join(f'<p><a href="x{number}">a</a></p>' for number in range(100))
    assert kinds(body=body) == ["warning"] * preflight.MOST_NAMED


def test_a_byline_is_asked_for(db):
    assert "byline is missing" in sentences(byline=[])
    article = make_article()
    assert "byline is missing" in of(article)
    article.set_writers(make_person())
    assert "byline is missing" not in of(Article.objects.get())
    visible = make_visible_article(byline=[make_person()])
    save(visible, {"byline": []})
    assert "byline is missing" in of(visible)


def test_a_problem_names_the_input_where_it_is_solved():
    [problem] = problems_of(IN_ORDER | {"byline": []})
    assert problem.anchor == "id_signed_by"
    assert Problem("error", "x", "embargo_until").anchor == "id_embargo_until_0"


def test_links_lead_to_articles_that_readers_find(db, settings):
    visible, draft = make_visible_article(slug="there"), make_article(slug="draft")
    visible.rename("there-now")
    body = (
        '<p><a href="/articles/there/">1</a> <a href="/articles/there-now/#s-a">2</a>'
        f'<a href="{settings.SITE_URL}/articles/draft/">3</a>'
        '<a href="/articles/never">4</a><a href="https://other.example/articles/x/">5</a>'
        '<a href="/articles/own/">6</a></p>'
    )
    said = of(make_article(slug="own", body=body))
    assert f"/articles/{draft.slug}/" in said
    assert "/articles/never/" in said
    assert said.count("which readers cannot see") == 2


def test_the_address_must_be_free_and_be_one(db):
    visible = make_visible_article(slug="mine")
    make_article(slug="taken")
    save(visible, {"slug": "taken"})
    assert "“taken” belongs to another article" in of(visible)
    save(visible, {"slug": "¿?"}, began_from=visible.working_copy.pk)
    assert "cannot be an address" in of(visible)


def test_an_embargo_says_until_when(db):
    article = make_article(embargo_until=timezone.now() + DAY)
    assert "Embargo until" in of(article)
    article.embargo_until = timezone.now() - DAY
    assert "Embargo" not in of(article)


def test_of_a_published_article_the_changes_are_looked_at(db):
    article = make_visible_article(body="<p>Words.</p>")
    save(article, {"body": ""})
    assert "The text is missing" in of(article)


def test_many_articles_take_as_many_queries_as_two(db, django_assert_num_queries):
    link = '<a href="/articles/nowhere/">x</a>'
    articles = [make_article(body=link, tags=["A"]), make_visible_article(tags=["B"])]
    save(articles[1], {"title": "New"})
    with django_assert_num_queries(5):
        problems_of_all(articles)
    articles += [make_visible_article(body=link) for _ in range(5)]
    for article in articles:
        article._prefetched_objects_cache = {}
    with django_assert_num_queries(5):
        problems_of_all(articles)
