import re

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article, ArticleBatch, Tag
from articles.publishing.actions import save
from articles.publishing.bulk import undo_bulk_action
from tests.articles.admin.desk import ANYWAY, IN_2999, LIST, act, said
from tests.factories import make_article, make_user, make_visible_article

BATCHES = reverse("admin:articles_articlebatch_changelist")


def page_of(batch):
    return reverse("admin:articles_articlebatch_change", args=[batch.pk])


def statuses():
    return sorted(Article.objects.values_list("status", flat=True))


def test_four_hundred_articles_are_scheduled_and_taken_back_with_one_press(desk):
    for number in range(400):
        Article.objects.create(title=f"Article {number}", body="<p>Words.</p>")
    articles = list(Article.objects.all())
    page = act(desk, "schedule", *articles, index="0").content.decode()
    assert "When should 400 articles appear?" in page
    response = act(desk, "schedule", *articles, _confirmed="1", **IN_2999, **ANYWAY)
    assert "400 articles changed" in said(response)
    assert Article.objects.scheduled().count() == 400
    assert all(article.steps.count() == 1 for article in articles)
    desk.post(page_of(ArticleBatch.objects.get()))
    assert statuses() == ["draft"] * 400
    assert all(article.steps.count() == 2 for article in articles)


def test_each_article_more_costs_as_many_queries(desk):
    costs = []
    for number in [2, 4, 6]:
        articles = [make_article() for _ in range(number)]
        with CaptureQueriesContext(connection) as queries:
            act(desk, "submit", *articles, index="0")
        costs.append(len(queries))
    assert costs[2] - costs[1] == costs[1] - costs[0]
    assert (costs[1] - costs[0]) / 2 <= 20


def test_what_was_done_is_said_with_the_way_to_undo_it(desk):
    response = act(desk, "submit", make_article(), make_article(), index="0")
    batch = ArticleBatch.objects.get()
    assert "2 articles changed" in said(response)
    assert page_of(batch) in said(response)


def test_of_many_that_are_skipped_a_few_are_named_and_the_page_names_all(desk):
    lives = [make_visible_article() for _ in range(8)]
    response = act(desk, "submit", *lives, index="0")
    assert "3 more were skipped" in said(response)
    page = desk.get(page_of(ArticleBatch.objects.get())).content.decode()
    assert all(f"for “{live}”. Its status: Published." in page for live in lives)
    assert "Nothing was changed." in page


def test_the_page_before_says_which_will_be_skipped(desk):
    draft, live = make_article(), make_visible_article(title="Live")
    page = act(desk, "withdraw", draft, live, index="0").content.decode()
    assert "These will be skipped" in page
    assert f"for “{draft}”. Its status: Draft." in page


def test_tags_are_added_to_many_after_asking(desk):
    one, two = make_article(tags=["Harbour"]), make_article()
    page = act(desk, "tag", one, two, index="0").content.decode()
    assert "Which tags should be added to 2 articles?" in page
    page = act(desk, "tag", one, two, _confirmed="1", tags="").content.decode()
    assert "Enter at least one tag." in page
    act(desk, "tag", one, two, _confirmed="1", tags='Sea, "Fish, fresh"')
    assert [tag.name for tag in one.tags.all()] == ["Harbour", "Sea", "Fish, fresh"]
    act(desk, "untag", one, two, _confirmed="1", tags="sea")
    assert not Tag.objects.get(name="Sea").items.exists()


def test_a_byline_is_set_for_many(desk):
    one, two = make_article(), make_article()
    act(
        desk,
        "sign",
        one,
        two,
        _confirmed="1",
        credits="Ana Ruiz, Ben Cole (photographs)",
    )
    for article in [one, two]:
        roles = article.credits.values_list("person__name", "role")
        assert list(roles) == [("Ana Ruiz", "by"), ("Ben Cole", "photographs")]


def test_a_writer_who_may_make_no_tags_chooses_among_those_there_are(client, writer):
    client.force_login(writer)
    own = make_article(created_by=writer)
    page = act(client, "tag", own, _confirmed="1", tags="Unheard of")
    assert "The tag “Unheard of” does not exist." in page.content.decode()
    assert not own.tags.exists()


def test_a_writer_takes_own_articles_back_out_of_review(client, writer):
    client.force_login(writer)
    own = make_article(created_by=writer)
    act(client, "submit", own, index="0")
    assert statuses() == ["in_review"]
    client.post(page_of(ArticleBatch.objects.get()))
    assert statuses() == ["draft"]


def test_nobody_undoes_what_they_may_not_do(client, writer, editor):
    client.force_login(editor)
    act(
        client,
        "withdraw",
        make_visible_article(),
        _confirmed="1",
        reason="x",
        kind="gone",
    )
    client.force_login(writer)
    response = client.post(page_of(ArticleBatch.objects.get()))
    assert statuses() == ["withdrawn"]
    assert response.status_code == 302
    # The editor may no longer publish, only change.
    editor.groups.clear()
    editor.user_permissions.add(Permission.objects.get(codename="change_article"))
    client.force_login(editor)
    response = client.post(page_of(ArticleBatch.objects.get()))
    assert "You do not have permission for" in said(response)
    assert statuses() == ["withdrawn"]


@pytest.mark.parametrize(
    ("role", "answer"), [("Editors", 200), ("Writers", 200), ("Moderators", 403)]
)
def test_who_sees_the_list_of_batches(client, db, role, answer):
    ArticleBatch.objects.create(what="submit", by_name="Somebody else")
    client.force_login(make_user(role=role))
    page = client.get(BATCHES)
    assert page.status_code == answer
    assert ("Somebody else" in page.content.decode()) == (role == "Editors")


def test_looking_undoes_nothing_and_a_second_press_says_who_was_first(desk):
    act(desk, "submit", make_article(), index="0")
    batch = ArticleBatch.objects.get()
    assert "Undo all" in desk.get(page_of(batch)).content.decode()
    assert statuses() == ["in_review"]
    desk.post(page_of(batch))
    again = desk.post(page_of(batch))
    assert again.status_code == 409
    assert "Edda Torres has already undone this." in again.content.decode()
    assert "Undo all" not in again.content.decode()


def test_no_name_breaks_out_of_the_page_or_the_message(desk):
    live = make_visible_article(title="<b>Live</b>")
    response = act(desk, "submit", live, make_article(title="<i>x</i>"), index="0")
    page = desk.get(page_of(ArticleBatch.objects.get())).content.decode()
    assert "<b>Live" not in page + desk.get(LIST).content.decode()
    assert "<i>x" not in page
    assert response.status_code == 302


@pytest.mark.parametrize("number", [1, 12])
def test_the_page_of_a_batch_asks_as_much_for_one_article_as_for_many(desk, number):
    act(desk, "submit", *[make_article() for _ in range(number)], index="0")
    batch = ArticleBatch.objects.get()
    desk.get(page_of(batch))
    with CaptureQueriesContext(connection) as queries:
        page = desk.get(page_of(batch)).content.decode()
    assert len(re.findall(r"\(now: In review\)", page)) == number
    assert len(queries) == 9


def test_a_batch_that_is_not_there_is_said_to_be_gone(desk):
    assert (
        desk.get(reverse("admin:articles_articlebatch_change", args=[99])).status_code
        == 302
    )


def test_the_list_of_batches_asks_as_much_for_one_as_for_many(desk):
    numbers = set()
    for _ in range(2):
        for _ in range(4):
            act(desk, "submit", make_article(), index="0")
        undone = ArticleBatch.objects.filter(undoes=None).first()
        desk.post(page_of(undone))
        desk.get(BATCHES)
        with CaptureQueriesContext(connection) as queries:
            page = desk.get(BATCHES).content.decode()
        assert "Submit for review" in page
        numbers.add(len(queries))
    assert len(numbers) == 1


# Versions on the screen


def shown_in(page):
    return re.findall(r'name="shown" value="([^"]+)"', page.content.decode())


def test_what_was_changed_since_the_list_was_shown_is_left_out_and_said(desk):
    one, two = make_article(title="One"), make_article(title="Two")
    shown = shown_in(desk.get(LIST))
    assert len(shown) == 2
    save(Article.objects.get(pk=one.pk), {"title": "New"})
    response = act(desk, "submit", one, two, shown=shown)
    assert "“New” was changed after it was shown to you" in said(response)
    assert "1 article changed" in said(response)
    assert statuses() == ["draft", "in_review"]


def test_the_page_that_asks_sends_along_what_the_list_had_shown(desk):
    one, two = make_article(title="One"), make_article(title="Two")
    shown = shown_in(desk.get(LIST))
    save(Article.objects.get(pk=one.pk), {"title": "New"})
    page = act(desk, "publish", one, two, shown=shown)
    assert "“New” was changed after it was shown to you" in page.content.decode()
    # An article that changes while the page asks is left out as well.
    save(Article.objects.get(pk=two.pk), {"title": "Newer"})
    [asked] = shown_in(page)
    act(desk, "publish", one, two, shown=asked, _confirmed="1", **ANYWAY)
    assert statuses() == ["draft", "draft"]
    # After the list was loaded again, both are published.
    shown = shown_in(desk.get(LIST))
    act(desk, "publish", one, two, shown=shown, _confirmed="1", **ANYWAY)
    assert statuses() == ["published", "published"]


def test_five_hundred_articles_fit_into_the_page_that_asks(desk):
    articles = Article.objects.bulk_create(
        Article(title=f"Article {n}", slug=f"article-{n}") for n in range(500)
    )
    page = act(desk, "return", *articles, index="0")
    [asked] = shown_in(page)
    answers = {"shown": asked, "_confirmed": "1", "note": "x"}
    assert act(desk, "return", *articles[:1], **answers).status_code == 302
    names = page.content.decode().count('type="hidden"')
    assert names < 600


def test_of_many_new_names_the_first_article_that_refuses_loses_none(desk, editor):
    refusing, other = make_article(), make_article()
    shown = shown_in(desk.get(LIST))
    save(Article.objects.get(pk=refusing.pk), {"title": "New"})
    act(desk, "sign", refusing, other, shown=shown, _confirmed="1", credits="New Name")
    assert [credit.person.name for credit in other.credits.all()] == ["New Name"]


def test_an_undoing_that_stopped_half_way_is_gone_on_with_from_its_page(desk):
    articles = [make_article() for _ in range(3)]
    act(desk, "submit", *articles, index="0")
    batch = ArticleBatch.objects.get()

    def stop(article):
        if article == articles[1]:
            raise RuntimeError("the power went")
        return ""

    with pytest.raises(RuntimeError):
        undo_bulk_action(batch, by=None, refusal_of=stop)
    page = desk.get(page_of(batch)).content.decode()
    assert "2 articles are left. If the undo has stopped, continue" in page
    assert "Continue undo" in page
    desk.post(page_of(batch))
    assert statuses() == ["draft"] * 3
    assert "Continue undo" not in desk.get(page_of(batch)).content.decode()
