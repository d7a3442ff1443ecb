from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.forms import modelform_factory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains

from articles.models import Article
from comments.models import Thread
from newsroom.admin.conversation import SEEN_FIELDS, ThreadForm, policy_in_words
from tests.articles.admin.desk import LIST, form_of, typed
from tests.factories import (
    DAY,
    make_article,
    make_comment,
    make_shown_comment,
    make_user,
    make_visible_article,
)


def sent_with(article, policy, *, days="", date="", time="", **fields):
    """The data of the form as a browser sends them, with these settings of the conversation."""
    return typed(article, **fields) | {
        "thread-TOTAL_FORMS": "1",
        "thread-0-policy": policy,
        "thread-0-closes_after_days": days,
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


def thread_on(page):
    """The data of the conversation as a browser sends them when nobody changes anything."""
    [formset] = page.context["inline_admin_formsets"]
    [form] = formset.formset.forms
    sent = {
        "thread-TOTAL_FORMS": "1",
        "thread-INITIAL_FORMS": formset.formset.initial_form_count(),
        "thread-0-id": form.instance.pk or "",
        "thread-0-article": form.instance.article.pk,
    }
    closes_at = form["closes_at"].value()
    if closes_at and not isinstance(closes_at, list):
        closes_at = timezone.localtime(closes_at)
        closes_at = [f"{closes_at:%Y-%m-%d}", f"{closes_at:%H:%M:%S}"]
    day, time = closes_at or ["", ""]
    for name in ["policy", "closes_after_days", *SEEN_FIELDS.values()]:
        value = form[name].value()
        sent[form[name].html_name] = "" if value is None else str(value)
        assert f'name="{form[name].html_name}"' in page.content.decode()
    return sent | {"thread-0-closes_at_0": day, "thread-0-closes_at_1": time}


@pytest.mark.parametrize("has_thread", [True, False])
def test_an_older_form_does_not_open_what_was_closed_meanwhile(desk, has_thread):
    article = make_visible_article()
    if has_thread:
        Thread.objects.create(article=article)
    sent = thread_on(desk.get(form_of(article)))
    meanwhile = Thread.objects.lock_for(article)
    meanwhile.set_policy("closed")
    Thread.objects.update(closes_after_days=3, closes_at=timezone.now() + DAY)
    sent = typed(article, title="Mine") | sent
    assert desk.post(form_of(article), sent).status_code == 302
    thread = Thread.objects.get()
    assert (thread.policy, thread.closes_after_days) == ("closed", 3)
    assert thread.closes_at


def test_of_two_who_change_one_conversation_the_later_one_is_asked(desk):
    article = make_visible_article()
    Thread.objects.create(article=article, policy="open")
    sent = typed(article, title="Mine") | thread_on(desk.get(form_of(article)))
    sent |= {"thread-0-policy": "held"}
    Thread.objects.get().set_policy("closed")
    until = timezone.now() + DAY
    Thread.objects.update(closes_after_days=3, closes_at=until)
    page = desk.post(form_of(article), sent)
    assertContains(page, "Someone set this to “Closed” after you opened the form.")
    assert page.context["adminform"].form["title"].value() == "Mine"
    assert Thread.objects.get().policy == "closed"
    again = thread_on(page)
    assert again["thread-0-policy"] == "held"
    # The field that only the others changed keeps their value.
    assert again["thread-0-closes_after_days"] == "3"
    assert again["thread-0-closes_at_0"] == f"{timezone.localtime(until):%Y-%m-%d}"
    assert desk.post(form_of(article), sent | again).status_code == 302
    thread = Thread.objects.get()
    assert (thread.policy, thread.closes_after_days) == ("held", 3)
    assert thread.closes_at


def test_a_conversation_closes_at_no_time_that_cannot_be_kept(desk):
    article = make_visible_article()
    sent = sent_with(article, "open", date="9999-12-31", time="23:59")
    assertContains(desk.post(form_of(article), sent), "Check the year")
    assert not Thread.objects.exists()


def test_a_conversation_begun_meanwhile_is_the_one_that_an_editor_closes(desk):
    comment = make_comment()
    article = comment.article
    # The form was opened before the first decision on a comment.
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


@pytest.mark.parametrize(
    ("policy", "days", "as_the_site", "closing"),
    [
        ("open", 0, "Open", "never"),
        ("held", 1, "Held", "1 day"),
        ("closed", 14, "Closed", "14 days"),
    ],
)
def test_what_holds_when_nothing_is_chosen_is_said_beside_the_choice(
    desk, settings, policy, days, as_the_site, closing
):
    settings.COMMENT_POLICY, settings.COMMENTS_CLOSE_AFTER_DAYS = policy, days
    page = desk.get(form_of(make_visible_article())).content.decode()
    assert f'<option value="" selected>Site default: {as_the_site}</option>' in page
    assert f"Empty for the site default: {closing}." in page
    assert "---------</option>" not in page.partition('id="thread-group"')[2]


@pytest.mark.parametrize("policy", ["open", "held", "closed"])
def test_an_editor_chooses_what_holds_for_one_conversation(desk, policy):
    article = make_visible_article()
    sent = sent_with(article, policy, days="3")
    assert desk.post(form_of(article), sent).status_code == 302
    thread = Thread.objects.get(article=article)
    assert (thread.policy, thread.closes_after_days) == (policy, 3)


def test_an_editor_gives_the_conversation_back_to_the_site(desk, settings):
    article = make_visible_article()
    thread = Thread.objects.create(article=article, policy="open", closes_after_days=0)
    sent = sent_with(article, "") | {
        "thread-INITIAL_FORMS": "1",
        "thread-0-id": thread.pk,
        "thread-0-article": article.pk,
    }
    assert desk.post(form_of(article), sent).status_code == 302
    thread.refresh_from_db()
    settings.COMMENT_POLICY = "closed"
    assert thread.is_closed


@pytest.mark.parametrize("days", ["-1", "x", "99999999"])
def test_days_that_cannot_be_counted_are_refused(desk, days):
    article = make_visible_article()
    assert (
        desk.post(form_of(article), sent_with(article, "", days=days)).status_code
        == 200
    )
    assert not Thread.objects.exists()


@pytest.mark.parametrize(
    ("thread", "words"),
    [
        ({}, "Open: new comments are accepted. Does not close automatically."),
        ({"policy": "held"}, "Held: every comment waits for a moderator. Does not close automatically."),
        ({"policy": "closed"}, "Closed: no new comments."),
        ({"closes_after_days": 2}, "Open: new comments are accepted. Closes on 3 May 2126, 12:00 UTC."),
        ({"closes_after_days": 1}, "Closed since 2 May 2126, 12:00 UTC: no new comments."),
        ({"policy": "held", "closes_at": datetime(2126, 5, 9, 8, tzinfo=UTC)}, "Held: every comment waits for a moderator. Closes on 9 May 2126, 08:00 UTC."),
        ({"closes_after_days": 2, "closes_at": datetime(2126, 5, 2, 8, tzinfo=UTC)}, "Closed since 2 May 2126, 08:00 UTC: no new comments."),
    ],
)  # fmt: skip
def test_the_desk_says_in_words_what_holds_now(thread, words):
    with time_machine.travel("2126-05-02 12:00+00:00", tick=False):
        published_at = datetime(2126, 5, 1, 12, tzinfo=UTC)
        article = Article(status="published", published_at=published_at)
        assert policy_in_words(Thread(article=article, **thread)) == words


def test_before_publication_it_says_how_long_it_will_be_open(settings):
    settings.COMMENTS_CLOSE_AFTER_DAYS = 14
    thread = Thread(article=Article())
    assert policy_in_words(thread).endswith("Closes 14 days after publication.")


def test_the_form_says_what_holds(desk):
    article = make_visible_article(published_at=timezone.now() - 2 * DAY)
    assertContains(desk.get(form_of(article)), "Open: new comments are accepted.")
    Thread.objects.create(article=article, closes_after_days=1)
    assertContains(desk.get(form_of(article)), "Closed since ")


def test_who_may_only_look_sees_what_holds_and_can_change_nothing(client, db):
    thread = Thread.objects.create(article=make_visible_article(), policy="held")
    client.force_login(make_user(role="Moderators"))
    page = client.get(form_of(thread.article)).content.decode()
    assert "Held: every comment waits for a moderator." in page
    assert 'name="thread-0-policy"' not in page
    client.post(form_of(thread.article), sent_with(thread.article, "open"))
    thread.refresh_from_db()
    assert thread.policy == "held"


def test_the_conversation_costs_the_form_the_same_however_long_it_is(desk):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            desk.get(form_of(article))
        return len(captured)

    article = make_shown_comment().article
    desk.get(form_of(article))
    one = queries()
    for _ in range(8):
        make_shown_comment(article=article)
        make_comment(article=article)
    assert queries() == one


@pytest.mark.parametrize("has_thread", [True, False])
def test_the_conversation_does_not_read_its_article_again(desk, has_thread):
    article = make_visible_article()
    if has_thread:
        Thread.objects.of(article)
    with CaptureQueriesContext(connection) as captured:
        desk.get(form_of(article))
    words = [query["sql"] for query in captured if '"body"' in query["sql"]]
    assert len(words) == 1
