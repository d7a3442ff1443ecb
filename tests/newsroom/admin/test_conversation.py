from django.db import connection
from django.forms import modelform_factory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains

from comments.models import Thread
from newsroom.admin.conversation import ThreadForm
from tests.articles.admin.desk import LIST, form_of, typed
from tests.factories import (
    make_article,
    make_comment,
    make_shown_comment,
    make_user,
    make_visible_article,
)


def sent_with(article, policy, *, date="", time="", **fields):
    """What a browser sends when the conversation beside the article is filled in like this."""
    return typed(article, **fields) | {
        "thread-TOTAL_FORMS": "1",
        "thread-0-policy": policy,
        "thread-0-closes_at_0": date,
        "thread-0-closes_at_1": time,
    }


def test_the_list_shows_how_many_comments_readers_see(desk, client):
    article = make_shown_comment().article
    make_visible_article()
    page = desk.get(LIST).content.decode()
    assert '<td class="field-comments_shown">1</td>' in page
    assert '<td class="field-comments_shown">0</td>' in page
    client.force_login(make_user(role="Moderators"))
    page = client.get(LIST).content.decode()
    assert f"?status=all&amp;article__id__exact={article.pk}" in page


def test_the_link_of_the_list_leads_to_the_articles_comments(client, db):
    shown = make_shown_comment()
    make_shown_comment()
    client.force_login(make_user(role="Moderators"))
    page = client.get(
        reverse("admin:comments_comment_changelist"),
        {"status": "all", "article__id__exact": shown.article.pk},
    )
    assert list(page.context["cl"].result_list) == [shown]


def test_comments_cost_the_list_no_queries(desk):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            desk.get(LIST)
        return len(captured)

    make_shown_comment()
    desk.get(LIST)
    one = queries()
    for _ in range(8):
        make_shown_comment()
    assert queries() == one


def test_an_editor_closes_the_conversation_beside_the_article(desk):
    article = make_visible_article()
    sent = sent_with(article, "closed")
    assert desk.post(form_of(article), sent).status_code == 302
    thread = Thread.objects.get(article=article)
    assert thread.is_closed
    sent |= {
        "thread-INITIAL_FORMS": "1",
        "thread-0-id": thread.pk,
        "thread-0-article": article.pk,
        "thread-0-policy": "held",
    }
    assert desk.post(form_of(article), sent).status_code == 302
    thread.refresh_from_db()
    assert thread.policy == "held"


def test_a_conversation_closes_at_no_time_that_cannot_be_kept(desk):
    article = make_visible_article()
    sent = sent_with(article, "open", date="9999-12-31", time="23:59")
    assertContains(desk.post(form_of(article), sent), "Look at the year again")
    assert not Thread.objects.exists()


def test_a_conversation_begun_meanwhile_is_the_one_that_an_editor_closes(desk):
    comment = make_comment()
    article = comment.article
    # The form was opened before anybody had decided on a comment.
    comment.approve()
    sent = sent_with(article, "closed", title="New words")
    assert desk.post(form_of(article), sent).status_code == 302
    thread = Thread.objects.get(article=article)
    assert (thread.policy, thread.shown_count) == ("closed", 1)


def test_an_editor_who_closes_a_conversation_does_not_turn_its_count_back(db):
    comment = make_comment()
    opened = Thread.objects.of(comment.article)
    comment.approve()
    kind = modelform_factory(Thread, ThreadForm, fields=["policy", "closes_at"])
    form = kind({"policy": "closed"}, instance=opened)
    assert form.is_valid()
    form.save()
    thread = Thread.objects.get()
    assert (thread.policy, thread.shown_count) == ("closed", 1)


def test_saving_an_article_makes_no_conversation_by_itself(desk):
    article = make_visible_article()
    sent = sent_with(article, "")
    assert desk.post(form_of(article), sent).status_code == 302
    assert not Thread.objects.exists()


def test_a_writer_says_nothing_about_the_conversation(client, db):
    writer = make_user(role="Writers")
    article = make_article(created_by=writer)
    client.force_login(writer)
    assert "thread-TOTAL_FORMS" not in client.get(form_of(article)).content.decode()
    sent = typed(article) | {"thread-TOTAL_FORMS": "1", "thread-0-policy": "closed"}
    client.post(form_of(article), sent)
    assert not Thread.objects.exists()
