import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains

from articles.models import Article
from articles.publishing.actions import save
from tests.articles.admin.desk import (
    ANYWAY,
    IN_2999,
    LIST,
    act,
    form_of,
    said,
    step_of,
    typed,
)
from tests.factories import (
    make_article,
    make_person,
    make_visible_article,
)


def make_sound_article(**fields):
    """A draft in which preflight finds nothing."""
    fields = {"standfirst": "In short.", "tags": ["Harbour"]} | fields
    return make_article(byline=[make_person()], **fields)


def test_an_article_in_order_is_published_without_a_tick(desk):
    article = make_sound_article()
    page = desk.get(step_of(article, "publish")).content.decode()
    assert "Publish anyway" not in page
    assert f"/articles/{article.slug}/</li>" in page
    desk.post(step_of(article, "publish"))
    article.refresh_from_db()
    assert article.is_visible


def test_warnings_want_one_tick(desk):
    article = make_sound_article(tags=[])
    page = desk.post(step_of(article, "publish")).content.decode()
    assert "It has no tags" in page
    assert "Tick this to publish despite" in page
    article.refresh_from_db()
    assert article.status == "draft"
    desk.post(step_of(article, "publish"), ANYWAY)
    article.refresh_from_db()
    assert article.is_visible


def test_errors_stop_publishing_but_not_saving(desk):
    article = make_sound_article()
    address = step_of(article, "publish")
    response = desk.post(form_of(article), typed(article, body="", _step="publish"))
    assert response.url == address
    page = desk.get(address).content.decode()
    assert "The text is missing" in page
    assert '<button class="steps__button' not in page
    page = desk.post(address, ANYWAY)
    assert "cannot be published as it is" in page.content.decode()
    article.refresh_from_db()
    assert (article.body, article.status) == ("", "draft")


def test_an_error_stops_scheduling_and_changes_as_well(desk):
    draft, live = make_sound_article(body=""), make_visible_article()
    save(live, {"body": ""})
    desk.post(step_of(draft, "schedule"), IN_2999 | ANYWAY)
    desk.post(step_of(live, "changes"), ANYWAY)
    draft.refresh_from_db()
    live.refresh_from_db()
    assert (draft.status, live.body) == ("draft", "<p>What happened.</p>")


def test_the_list_publishes_what_is_in_order_and_says_of_the_rest_why_not(desk):
    sound, empty = make_sound_article(), make_sound_article(title="Empty", body="")
    page = act(desk, "publish", sound, empty, index="0").content.decode()
    assert "The text is missing" in page
    assert "Publish anyway" not in page
    response = act(desk, "publish", sound, empty, _confirmed="1")
    assert "“Empty” was not published. The text is missing." in said(response)
    assert list(Article.objects.visible()) == [sound]


def test_one_article_or_many_are_looked_at_with_as_many_queries(desk):
    articles = [make_sound_article(body="") for _ in range(12)]
    act(desk, "publish", articles[0], index="0")
    numbers = set()
    for chosen in [articles[:2], articles]:
        with CaptureQueriesContext(connection) as queries:
            act(desk, "publish", *chosen, index="0")
        numbers.add(len(queries))
    assert len(numbers) == 1


def test_each_problem_leads_to_the_input_where_it_is_solved(desk):
    article = make_article(body='<p><a href="example.org">a</a></p>', tags=["A"])
    page = desk.get(step_of(article, "publish"))
    for anchor, words in [("body", "leads nowhere"), ("signed_by", "byline")]:
        assertContains(page, f'<a href="{form_of(article)}#id_{anchor}">')
        assertContains(page, words)


def test_the_list_is_narrowed_to_articles_with_problems(desk):
    sound, warned, wrong = (
        make_sound_article(),
        make_sound_article(tags=[]),
        make_sound_article(body=""),
    )
    for value, found in [("errors", {wrong}), ("any", {warned, wrong})]:
        rows = desk.get(LIST, {"problems": value}).context["cl"].result_list
        assert set(rows) == found
    assert sound in desk.get(LIST, {"problems": "x"}).context["cl"].result_list


def test_the_list_reads_no_more_texts_than_it_says(desk, monkeypatch):
    monkeypatch.setattr("articles.admin.article.filters.CHECKED_FOR_PROBLEMS", 1)
    make_sound_article(body="")
    newer = make_sound_article(body="")
    rows = desk.get(LIST, {"problems": "errors"}).context["cl"].result_list
    assert list(rows) == [newer]


def test_the_page_says_what_readers_will_see_changed_and_who_links_here(desk):
    article = make_visible_article(slug="old")
    linking = make_visible_article(
        title="Linking", body='<p><a href="/articles/old/">x</a></p>'
    )
    save(article, {"title": "New", "slug": "new"})
    page = desk.get(step_of(article, "changes")).content.decode()
    assert "Readers will see changes in: Title and Address." in page
    assert form_of(linking) in page


def test_readers_are_told_of_an_update_only_when_that_is_ticked(desk):
    article = make_visible_article()
    for title, ticks, told in [("A", {}, False), ("B", {"tell_readers": "on"}, True)]:
        save(
            article,
            {"title": title},
            began_from=getattr(article.working_copy, "pk", None),
        )
        desk.post(step_of(article, "changes"), ANYWAY | ticks)
        article.refresh_from_db()
        assert (article.title, article.updated is not None) == (title, told)


def test_what_was_saved_since_the_page_was_opened_is_not_published_unseen(desk):
    article = make_visible_article(title="First")
    seen = save(article, {"title": "Seen"})
    save(article, {"title": "Unseen"}, began_from=seen.pk)
    response = desk.post(step_of(article, "changes"), ANYWAY | {"seen": seen.pk})
    assert "Look at it again before you publish" in said(response)
    article.refresh_from_db()
    assert article.title == "First"


@pytest.mark.parametrize("step", ["publish", "schedule"])
def test_a_draft_that_was_saved_since_the_page_was_opened_is_asked_about_again(
    desk, writer, step
):
    article = make_article(title="Looked at", created_by=writer)
    article.keep_revision(by=writer)
    page = desk.get(step_of(article, step))
    sent = ANYWAY | {"seen": page.context["form"]["seen"].value()}
    sent |= IN_2999 if step == "schedule" else {}
    save(article, article.working_content() | {"title": "Not looked at"}, by=writer)
    page = desk.post(step_of(article, step), sent)
    assert "has saved “Not looked at” since. Look at it again" in said(page)
    assert Article.objects.get().is_draft
    # The page is now based on the current version.
    again = sent | {"seen": page.context["form"]["seen"].value()}
    assert desk.post(step_of(article, step), again).status_code == 302
    assert Article.objects.get().status == "published"
