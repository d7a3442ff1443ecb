"""The rule for copies of unsaved text (articles.models.unsaved), at the server."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertQuerySetEqual

from articles.models import Article, Person, Revision, Unsaved
from tests.articles.admin.article.form_page import (
    form_on,
    keep_of,
    seen_by,
    take_of,
    throw_away,
)
from tests.articles.admin.desk import ADD, form_of, said, typed
from tests.factories import make_article, make_user, make_visible_article

ADD_KEEP = reverse("admin:articles_article_add_unsaved_keep")
ADD_TAKE = reverse("admin:articles_article_add_unsaved_take")
ADD_DISCARD = reverse("admin:articles_article_add_unsaved_throw_away")


def keep(client, article, *, key=None, address=None, **fields):
    """Autosaves the form, and returns its copy."""
    key = key or uuid4()
    sent = typed(article, form_key=key, **fields)
    answer = client.post(address or keep_of(article), sent)
    assert answer.status_code == 200
    return Unsaved.objects.filter(key=key).first()


def offered(client, address):
    return client.get(address).context["copies"]


def test_two_forms_of_one_article_have_a_copy_each(desk):
    article = make_article()
    first, second = uuid4(), uuid4()
    keep(desk, article, key=first, title="First tab")
    keep(desk, article, key=second, title="Second tab")
    keep(desk, article, key=first, title="First tab again")
    copies = Unsaved.objects.newest_first()
    assert [copy.title for copy in copies] == ["First tab again", "Second tab"]


def test_each_form_that_is_opened_has_a_key_of_its_own(desk):
    article = make_article()
    keys = [desk.get(form_of(article)).context["form_key"] for _ in range(2)]
    assert keys[0] != keys[1]
    page = desk.post(form_of(article), typed(article, title="", form_key=keys[0]))
    assertContains(page, f'name="form_key" value="{keys[0]}"')


def test_the_newest_copy_is_offered_first_and_older_ones_below(desk):
    article = make_article()
    for title in ["One", "Two", "Three"]:
        keep(desk, article, title=title)
    titles = [copy.title for copy in offered(desk, form_of(article))]
    assert titles == ["Three", "Two", "One"]
    assertContains(desk.get(form_of(article)), "2 older unsaved texts")


def test_what_a_browser_kept_counts_from_when_it_was_typed(desk):
    article = make_article()
    keep(desk, article, title="Newer")
    keep(desk, article, title="Older", age=60)
    titles = [copy.title for copy in offered(desk, form_of(article))]
    assert titles == ["Newer", "Older"]


def test_what_a_browser_kept_does_not_replace_later_text_of_its_form(desk):
    article = make_article()
    key = uuid4()
    keep(desk, article, key=key, title="Later")
    keep(desk, article, key=key, title="Earlier", age=60)
    assert Unsaved.objects.get().title == "Later"


@pytest.mark.parametrize("age", ["", "x", "-1", "9" * 400, "99999999999"])
def test_an_age_that_is_none_or_too_long_loses_nothing(desk, age):
    keep(desk, make_article(), title="Typed", age=age)
    assert Unsaved.objects.get().title == "Typed"


@pytest.mark.parametrize("key", ["", "x", "1" * 5000])
def test_a_form_without_a_key_is_kept_all_the_same(desk, key):
    article = make_article()
    sent = typed(article, title="Typed", form_key=key)
    assert desk.post(keep_of(article), sent).status_code == 200
    assert Unsaved.objects.get().title == "Typed"


# Taking a copy


def test_taking_an_older_copy_keeps_the_newer_one_as_a_revision(desk, editor):
    article = make_visible_article(title="As it was", tags=["a"])
    article.keep_revision()
    older = keep(desk, article, title="Older")
    keep(desk, article, title="Newer", tags="b, c", signed_by="Nobody Yet")
    response = desk.post(take_of(article), {"copy": older.pk})
    form = form_on(desk.get(response.url))
    assert form["title"].value() == "Older"
    kept = Revision.objects.get(kind=Revision.Kind.KEPT)
    assert (kept.content["title"], kept.content["tags"]) == ("Newer", ["b", "c"])
    assert kept.by == editor
    assert [copy.title for copy in Unsaved.objects.all()] == ["Older"]
    # It is in the history, and neither the working copy nor what readers see.
    history = desk.get(reverse("admin:articles_article_revisions", args=[article.pk]))
    assertContains(history, "Unsaved text")
    assert article.working_content()["title"] == "As it was"
    assert not Person.objects.exists()


def test_a_revision_of_unsaved_text_can_be_restored(desk):
    article = make_article(title="As it was")
    article.keep_revision()
    older = keep(desk, article, title="Older")
    keep(desk, article, title="Newer", signed_by="Ana Ruiz")
    desk.post(take_of(article), {"copy": older.pk})
    kept = Revision.objects.get(kind=Revision.Kind.KEPT)
    restore = reverse("admin:articles_article_restore", args=[article.pk, kept.pk])
    desk.post(restore, {"seen": article.working_copy.pk})
    article.refresh_from_db()
    assert article.title == "Newer"
    assert [person.name for person in article.people] == ["Ana Ruiz"]


def test_taking_the_newest_copy_leaves_the_older_ones_on_offer(desk):
    article = make_article()
    article.keep_revision()
    keep(desk, article, title="Older")
    newest = keep(desk, article, title="Newest")
    response = desk.post(take_of(article), {"copy": newest.pk})
    assert [copy.title for copy in offered(desk, response.url)] == ["Older"]
    assert not Revision.objects.filter(kind=Revision.Kind.KEPT).exists()


@pytest.mark.parametrize("problem", ["no revision", "too long"])
def test_newer_text_that_cannot_become_a_revision_stays_on_offer(desk, problem):
    article = make_article()
    if problem != "no revision":
        article.keep_revision()
    title = "x" * 300 if problem == "too long" else "Newer"
    older = keep(desk, article, title="Older")
    keep(desk, article, title=title)
    response = desk.post(take_of(article), {"copy": older.pk})
    assert [copy.title for copy in offered(desk, response.url)] == [title]


def test_taking_a_copy_does_not_lose_what_is_on_the_screen(desk):
    article = make_article()
    older = keep(desk, article, title="Older")
    screen = typed(article, title="On the screen", form_key=uuid4())
    response = desk.post(take_of(article), screen | {"copy": older.pk})
    assert form_on(desk.get(response.url))["title"].value() == "Older"
    titles = [copy.title for copy in offered(desk, response.url)]
    assert titles == ["On the screen"]


def test_what_is_on_the_screen_and_saved_becomes_no_copy(desk):
    article = make_article()
    older = keep(desk, article, title="Older")
    screen = typed(article, form_key=uuid4())
    desk.post(take_of(article), screen | {"copy": older.pk})
    assert [copy.title for copy in Unsaved.objects.all()] == ["Older"]


def test_a_form_goes_on_with_the_copy_that_it_began_with(desk):
    article = make_article()
    copy = keep(desk, article, title="Typed")
    page = desk.get(desk.post(take_of(article), {"copy": copy.pk}).url)
    began = page.context["continues"]
    keep(desk, article, title="Typed on", _continues=began)
    assert [one.title for one in Unsaved.objects.all()] == ["Typed on"]
    # A second tab that began with the same copy gets one of its own.
    keep(desk, article, title="In another tab", _continues=began)
    assert [one.title for one in Unsaved.objects.newest_first()] == [
        "In another tab",
        "Typed on",
    ]


def test_saving_deletes_the_copy_that_the_form_began_with_and_no_other(desk):
    article = make_article()
    keep(desk, article, title="Other")
    copy = keep(desk, article, title="Typed")
    page = desk.get(desk.post(take_of(article), {"copy": copy.pk}).url)
    sent = typed(
        article,
        title="Typed",
        form_key=page.context["form_key"],
        _continues=page.context["continues"],
    )
    assert desk.post(form_of(article), sent).status_code == 302
    assert [one.title for one in Unsaved.objects.all()] == ["Other"]


def test_one_copy_can_be_discarded(desk):
    article = make_article()
    keep(desk, article, title="One")
    other = keep(desk, article, title="Other")
    desk.post(throw_away(article), {"copy": other.pk})
    assert [copy.title for copy in Unsaved.objects.all()] == ["One"]


@pytest.mark.parametrize("key", ["0", "x", "9" * 400, "-1"])
def test_a_copy_that_is_not_there_is_not_found(desk, key):
    article = make_article()
    keep(desk, article, title="Typed")
    for address in (take_of(article), throw_away(article)):
        assert desk.post(address, {"copy": key}).status_code == 404
    for version in [key, f"{key}-1", "1"]:
        page = desk.get(f"{form_of(article)}?_unsaved={version}")
        assert page.status_code == 200
    assert Unsaved.objects.exists()


def test_nobody_takes_the_copy_of_another(desk, bo):
    article = make_article()
    copy = keep(bo, article, title="Secret")
    assert desk.post(take_of(article), {"copy": copy.pk}).status_code == 404
    page = desk.get(f"{form_of(article)}?_unsaved={copy.version}")
    assertNotContains(page, "Secret")


def test_who_may_not_write_an_article_any_more_takes_no_copy(client, writer):
    article = make_article(created_by=writer)
    client.force_login(writer)
    copy = keep(client, article, title="Typed")
    article.submit()
    assert client.post(take_of(article), {"copy": copy.pk}).status_code == 403


# New articles


def test_a_new_article_is_kept_from_its_first_words_and_makes_no_article(desk):
    copy = keep(desk, None, address=ADD_KEEP, title="Breaking")
    assert (copy.article, copy.title) == (None, "Breaking")
    assert not Article.objects.exists()
    page = desk.get(ADD)
    assertContains(page, "You have unsaved text from")
    assertContains(page, "Breaking")
    response = desk.post(ADD_TAKE, {"copy": copy.pk})
    assert form_on(desk.get(response.url))["title"].value() == "Breaking"


def test_two_new_articles_have_a_copy_each(desk):
    keep(desk, None, address=ADD_KEEP, title="One")
    keep(desk, None, address=ADD_KEEP, title="Two")
    assert [copy.title for copy in offered(desk, ADD)] == ["Two", "One"]


def test_copies_of_new_articles_are_among_ones_own_drafts(desk, bo):
    copy = keep(desk, None, address=ADD_KEEP, title="Breaking")
    page = desk.get("/admin/")
    assertContains(page, "Breaking")
    view = reverse("admin:articles_article_add_unsaved")
    assertContains(page, f"{view}?copy={copy.pk}")
    assertContains(desk.get(f"{view}?copy={copy.pk}"), "Breaking")
    assertNotContains(bo.get("/admin/"), "Breaking")
    assertNotContains(bo.get(ADD), "Breaking")


def test_saving_a_new_article_deletes_its_copy(desk):
    key = uuid4()
    keep(desk, None, address=ADD_KEEP, key=key, title="Breaking")
    desk.post(ADD, typed(title="Breaking", form_key=key))
    assert not Unsaved.objects.exists()
    # An autosave that arrives late belongs to the article that was made.
    keep(desk, None, address=ADD_KEEP, key=key, title="Breaking news")
    assert Unsaved.objects.get().article == Article.objects.get()


def test_a_copy_of_a_new_article_can_be_discarded(desk):
    copy = keep(desk, None, address=ADD_KEEP, title="Breaking")
    response = desk.post(ADD_DISCARD, {"copy": copy.pk})
    assert response.url == ADD
    assert "is discarded" in said(response)
    assert not Unsaved.objects.exists()


@pytest.mark.parametrize(("role", "answer"), [("Writers", 200), ("Moderators", 403)])
def test_who_may_add_articles_keeps_words_for_new_ones(client, db, role, answer):
    client.force_login(make_user(role=role))
    assert client.post(ADD_KEEP, typed(title="x")).status_code == answer
    assert Unsaved.objects.exists() == (answer == 200)


def test_copies_of_new_articles_are_forgotten_after_a_year(desk):
    copy = keep(desk, None, address=ADD_KEEP, title="Old")
    Unsaved.objects.update(at=copy.at - timedelta(days=366))
    keep(desk, None, address=ADD_KEEP, title="New")
    Unsaved.objects.forget_old()
    assertQuerySetEqual(Unsaved.objects.all(), ["New"], transform=lambda one: one.title)


# With what others have saved


def test_a_copy_that_was_taken_merges_with_what_others_saved(desk, bo):
    article = make_article(title="As it was", tags=["a"])
    bo.post(form_of(article), typed(article, standfirst="First"))
    article.refresh_from_db()
    seen = seen_by(desk, article)
    copy = keep(desk, article, title="Mine", seen=seen)
    bo.post(form_of(article), typed(article, tags="b", seen=seen))
    page = desk.get(desk.post(take_of(article), {"copy": copy.pk}).url)
    sent = typed(article, title="Mine", tags="a", seen=form_on(page)["seen"].value())
    assert "Bo Lund saved in the meantime was kept" in said(
        desk.post(form_of(article), sent)
    )
    article = Article.objects.get()
    assert (article.title, [tag.name for tag in article.tags.all()]) == ("Mine", ["b"])
