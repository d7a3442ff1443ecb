import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from articles.models import Article
from articles.publishing.actions import save
from tests.articles.admin.desk import (
    ADD,
    ANYWAY,
    LIST,
    act,
    buttons,
    form_of,
    said,
    step_of,
    typed,
)
from tests.factories import DAY, make_article, make_user, make_visible_article

PUBLISHING = ["publish", "schedule", "redate", "top", "off_top", "return", "withdraw"]
ANSWERS = {
    "at_0": "2020-01-01",
    "at_1": "10:00",
    "note": "n",
    "reason": "r",
    "kind": "gone",
    "anyway": "on",
}


def article_for(step, created_by):
    article = make_article(created_by=created_by)
    if step in {"return"}:
        article.submit()
    if step in {"redate", "top", "off_top", "withdraw"}:
        article.publish()
    return article


def state(article):
    article = Article.objects.get(pk=article.pk)
    return article.title, article.status, article.on_top, article.steps.count()


@pytest.mark.parametrize("role", ["Writers", "Moderators"])
@pytest.mark.parametrize("step", PUBLISHING)
def test_only_editors_publish_return_and_withdraw(db, client, role, step):
    user = make_user(role=role)
    article = article_for(step, user)
    before = state(article)
    client.force_login(user)
    assert step not in buttons(client.get(form_of(article)))
    client.post(form_of(article), typed(article, _step=step))
    # A step without a form has no page at that address.
    refusal = 302 if step in {"top", "off_top"} else 403
    assert client.get(step_of(article, step)).status_code == refusal
    assert client.post(step_of(article, step), ANSWERS).status_code == refusal
    act(client, step, article, index="0")
    act(client, step, article, _confirmed="1", **ANSWERS)
    assert state(article) == before


@pytest.mark.parametrize("role", ["Writers", "Moderators"])
def test_only_editors_lift_an_embargo(db, client, role):
    user = make_user(role=role)
    article = make_article(created_by=user, embargo_until=timezone.now() + DAY)
    client.force_login(user)
    assert "lift" not in buttons(client.get(form_of(article)))
    answers = ANSWERS | {"when": "now"}
    assert client.get(step_of(article, "lift")).status_code == 403
    assert client.post(step_of(article, "lift"), answers).status_code == 403
    article.refresh_from_db()
    assert article.is_under_embargo


@pytest.mark.parametrize("role", ["Writers", "Moderators"])
def test_only_editors_publish_changes(db, client, role):
    user = make_user(role=role)
    article = make_visible_article(created_by=user, title="Live")
    save(article, {"title": "Waiting"})
    client.force_login(user)
    address = step_of(article, "changes")
    assert client.get(address).status_code == 403
    assert client.post(address, ANYWAY).status_code == 403
    assert state(article)[0] == "Live"


def test_a_writer_who_posts_publish_by_hand_keeps_the_text_and_is_told(client, writer):
    article = make_article(created_by=writer)
    client.force_login(writer)
    response = client.post(
        form_of(article), typed(article, title="Mine", _step="publish")
    )
    assert "Your text is saved. You do not have permission" in said(response)
    assert state(article)[:2] == ("Mine", "draft")


def test_a_writer_writes_and_submits_an_own_draft_and_then_only_reads_it(
    client, writer
):
    client.force_login(writer)
    client.post(ADD, typed(title="Mine", _step="submit"))
    article = Article.objects.get()
    assert (article.created_by, article.status) == (writer, "in_review")
    page = client.get(form_of(article))
    assert page.status_code == 200
    assert 'name="title"' not in page.content.decode()
    assert buttons(page) == []
    assert client.post(form_of(article), typed(article, title="x")).status_code == 403
    assert state(article)[0] == "Mine"


def test_a_writer_keeps_the_words_when_the_article_went_on_meanwhile(client, writer):
    article = make_article(title="As it was", created_by=writer)
    client.force_login(writer)
    sent = typed(article, title="My <title>", body="<p>New words.</p>")
    article.publish()
    page = client.post(form_of(article), sent)
    assertContains(
        page,
        "You can no longer edit “As it was”. Its status: Published.",
        status_code=403,
    )
    assertContains(page, "My &lt;title&gt;", status_code=403)
    assertContains(page, "&lt;p&gt;New words.&lt;/p&gt;", status_code=403)
    assert state(article)[0] == "As it was"


def test_words_for_an_article_that_is_not_there_are_shown_back(client, writer):
    other = make_article(title="Other draft", created_by=make_user(role="Writers"))
    client.force_login(writer)
    page = client.post(form_of(other), typed(body="<p>New words.</p>"))
    assertContains(page, "New words.", status_code=404)
    assertNotContains(page, "Other draft", status_code=404)


def test_a_writer_finds_nobody_elses_article(client, writer):
    mine = make_article(created_by=writer)
    other = make_article(title="Other draft", created_by=make_user(role="Writers"))
    seen = make_visible_article()
    client.force_login(writer)
    assert list(client.get(LIST).context["cl"].result_list) == [mine]
    for article in (other, seen):
        for address in (
            form_of(article),
            step_of(article, "publish"),
            reverse("admin:articles_article_history", args=[article.pk]),
            reverse("admin:articles_article_delete", args=[article.pk]),
        ):
            page = client.get(address, follow=True)
            assert article.title not in page.content.decode()
        client.post(form_of(article), typed(article, title="Taken"))
        act(client, "submit", article, index="0")
        assert state(article)[0] != "Taken"
        assert state(article)[3] == 0


def test_a_moderator_reads_every_article_and_changes_none(db, client):
    user = make_user(role="Moderators")
    draft = make_article(body="<p>Read <em>this</em></p>")
    client.force_login(user)
    page = client.get(form_of(draft)).content.decode()
    assert "<p>Read <em>this</em></p>" in page
    assert 'name="title"' not in page
    assert '<button class="steps__button' not in page
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, typed()).status_code == 403
    assert client.post(form_of(draft), typed(draft, title="x")).status_code == 403
    assert state(draft) == (draft.title, "draft", False, 0)


@pytest.mark.parametrize(
    "step", ["publish", "schedule", "return", "nonsense", "submit"]
)
def test_nobody_signed_out_reaches_a_step(client, db, step):
    article = make_article()
    address = f"/admin/articles/article/{article.pk}/steps/{step}/"
    assert "/admin/login/" in client.get(address).url
    assert "/admin/login/" in client.post(address, ANSWERS).url
    assert state(article)[1] == "draft"


@pytest.mark.parametrize("step", ["nonsense", "submit"])
def test_a_step_without_a_page_leads_back(desk, step):
    article = make_article()
    address = f"/admin/articles/article/{article.pk}/steps/{step}/"
    assert desk.get(address).status_code == 302
    assert desk.get("/admin/articles/article/999/steps/publish/").status_code == 302
    assert desk.get("/admin/articles/article/x/steps/publish/").status_code == 302


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("Editors", ["submit", *PUBLISHING]),
        ("Writers", ["submit"]),
        ("Moderators", []),
    ],
)
def test_the_list_offers_what_the_role_may_do(db, client, role, offered):
    user = make_user(role=role)
    make_article(created_by=user)
    client.force_login(user)
    page = client.get(LIST).content.decode()
    for step in ["submit", *PUBLISHING]:
        assert (f'value="{step}_articles"' in page) == (step in offered)
