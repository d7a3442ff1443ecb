"""Autosave: storing, offering, who else is editing; and merging simultaneous changes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from articles.admin.article.autosave import LONGEST
from articles.content.html import LONGEST_HTML
from articles.models import Article, Person, Revision, Unsaved
from tests.articles.admin.article.form_page import (
    client_of,
    form_on,
    keep_of,
    presence_of,
    seen_by,
    take_of,
    throw_away,
    unsaved_of,
)
from tests.articles.admin.desk import form_of, said, typed
from tests.factories import make_article, make_user, make_visible_article

# Storing


def test_what_is_typed_is_kept_in_one_copy_and_touches_nothing_else(desk, editor):
    article = make_visible_article(title="As it was")
    before = Article.objects.values().get()
    for title in ["Better", "Best"]:
        answer = desk.post(keep_of(article), typed(article, title=title))
        assert answer.status_code == 200
    row = Unsaved.objects.get()
    assert answer.json()["at"].startswith(row.at.strftime("%Y-%m-%dT%H:%M"))
    assert (row.by, row.typed["title"]) == (editor, "Best")
    assert "csrfmiddlewaretoken" not in row.typed
    assert Article.objects.values().get() == before
    assert not Revision.objects.exists()
    assert not LogEntry.objects.exists()


def test_what_cannot_be_saved_is_kept_all_the_same(desk):
    article = make_article()
    desk.post(
        keep_of(article),
        typed(title="", slug="!", embargo_until_0="x\x00", seen="9" * 5000),
    )
    row = Unsaved.objects.get()
    assert (row.typed["title"], row.typed["embargo_until_0"]) == ("", "x")
    assert row.began_from is None
    assert desk.get(f"{form_of(article)}?_unsaved=1").status_code == 200
    assert desk.get(unsaved_of(article)).status_code == 200


def test_more_than_three_megabytes_are_not_kept(desk):
    article = make_article()
    body = "<p>" + "ü" * (1024 * 1024) + "</p>"
    assert desk.post(keep_of(article), typed(body=body)).status_code == 200
    answer = desk.post(keep_of(article), typed(body="x" * LONGEST))
    assert answer.status_code == 413
    assert "Save it yourself" in answer.json()["problem"]
    assert Unsaved.objects.get().typed["body"] == body


def test_a_deleted_article_says_so(desk):
    article = make_article()
    keep, presence = keep_of(article), presence_of(article)
    article.delete()
    for answer in (desk.post(keep, typed()), desk.get(presence)):
        assert answer.status_code == 404
        assert "no longer exists" in answer.json()["problem"]


def test_signed_out_nothing_is_kept(client, db):
    article = make_article()
    assert "/admin/login/" in client.post(keep_of(article), typed()).url
    assert "/admin/login/" in client.get(presence_of(article)).url
    assert "/admin/login/" in client.get(unsaved_of(article)).url
    assert not Unsaved.objects.exists()


def test_nothing_is_kept_that_was_not_sent_from_here(editor):
    article = make_article()
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    assert client.post(keep_of(article), typed()).status_code == 403
    assert not Unsaved.objects.exists()


def test_looking_changes_nothing(desk):
    article = make_article()
    assert desk.get(keep_of(article)).status_code == 405
    assert desk.get(throw_away(article)).status_code == 405
    assert desk.post(presence_of(article)).status_code == 405
    assert not Unsaved.objects.exists()


# Offering


def test_what_was_not_saved_is_offered_and_taken_over_as_it_was_typed(desk):
    article = make_article(title="As it was")
    words = typed(article, title="Typed", signed_by="Nobody Yet", tags="a, b")
    words |= {"embargo_until_0": "2030-01-02", "embargo_until_1": "03:04"}
    words |= {"planned_for": "2030-01-01"}
    desk.post(keep_of(article), words)
    page = desk.get(form_of(article))
    assertContains(page, "You have unsaved text from")
    assert form_on(page)["title"].value() == "As it was"
    page = desk.get(f"{form_of(article)}?_unsaved=1")
    assertContains(page, "is in the form. It is not saved yet")
    assertContains(page, "Typed</textarea>")
    assertContains(page, 'value="Nobody Yet"')
    assertContains(page, 'value="2030-01-02"')
    assertContains(page, 'value="2030-01-01"')
    article.refresh_from_db()
    assert article.title == "As it was"
    assert not Person.objects.exists()


def test_a_page_shows_the_words_without_a_script(desk):
    article = make_article()
    desk.post(keep_of(article), typed(body="<p>My <b>words</b></p>"))
    page = desk.get(unsaved_of(article))
    assertContains(page, "&lt;p&gt;My &lt;strong&gt;words&lt;/strong&gt;&lt;/p&gt;")
    assertContains(page, f'formaction="{take_of(article)}"')


def test_saving_leaves_nothing_to_offer(desk):
    article = make_article()
    sent = typed(article, title="Typed", seen=seen_by(desk, article))
    desk.post(keep_of(article), sent)
    desk.post(form_of(article), sent)
    assert not Unsaved.objects.exists()


def test_what_is_offered_outlives_the_saving_of_something_else(desk):
    article = make_article()
    desk.post(keep_of(article), typed(article, title="Typed", form_key=uuid4()))
    desk.post(form_of(article), typed(article, title="Other", form_key=uuid4()))
    assertContains(desk.get(form_of(article)), "You have unsaved text from")


def test_a_refused_save_leaves_what_was_kept(desk):
    article = make_article()
    desk.post(keep_of(article), typed(article, title=""))
    desk.post(form_of(article), typed(article, title=""))
    assert Unsaved.objects.exists()


def test_what_stands_in_the_form_anyway_is_not_offered(desk):
    article = make_article(
        standfirst="One\nline", tags=["a"], body="<p>x</p><h2>y</h2>"
    )
    for body in [article.body, "<p>x</p><h2>y</h2>"]:
        desk.post(keep_of(article), typed(article, body=body, standfirst="One\r\nline"))
        assertNotContains(desk.get(form_of(article)), "You have unsaved text from")


def test_it_can_be_thrown_away(desk):
    article = make_article()
    desk.post(keep_of(article), typed(article, title="Typed"))
    response = desk.post(throw_away(article))
    assert response.url == form_of(article)
    assert "is discarded" in said(response)
    assert not Unsaved.objects.exists()
    assert desk.post(throw_away(article)).status_code == 404


def test_nobody_reads_or_throws_away_the_words_of_another(desk, bo):
    article = make_article()
    desk.post(keep_of(article), typed(article, title="Secret"))
    assert bo.get(unsaved_of(article)).status_code == 404
    assert bo.post(throw_away(article)).status_code == 404
    assertNotContains(bo.get(form_of(article)), "Secret")
    assertNotContains(bo.get(f"{form_of(article)}?_unsaved=1"), "Secret")
    assert Unsaved.objects.exists()


def test_words_from_an_older_state_merge_when_they_are_saved(desk, bo):
    article = make_article(title="As it was", tags=["a"])
    # A save by Bo makes the first revision.
    bo.post(form_of(article), typed(article, standfirst="First"))
    article.refresh_from_db()
    desk.post(
        keep_of(article), typed(article, title="Mine", seen=seen_by(desk, article))
    )
    bo.post(form_of(article), typed(article, tags="b", seen=seen_by(bo, article)))
    form = form_on(desk.get(f"{form_of(article)}?_unsaved=1"))
    sent = typed(article, title="Mine", tags="a", seen=form["seen"].value())
    response = desk.post(form_of(article), sent)
    assert "What Bo Lund saved in the meantime was kept: Tags." in said(response)
    article = Article.objects.get()
    assert article.title == "Mine"
    assert [tag.name for tag in article.tags.all()] == ["b"]


# Who else is editing


def test_others_see_who_is_editing_and_since_when(desk, bo):
    article = make_article()
    bo.post(keep_of(article), typed(article, title="x"))
    Unsaved.objects.update(at=timezone.now() - timedelta(seconds=20))
    answer = desk.get(presence_of(article))
    [other] = answer.json()["others"]
    assert other["name"] == "Bo Lund"
    assert 20 <= other["seconds"] < 30
    assert "no-store" in answer["Cache-Control"]
    page = desk.get(form_of(article))
    assertContains(page, "<bdi>Bo Lund</bdi> is editing, last change")
    assertContains(page, "20 s ago")
    assert bo.get(presence_of(article)).json()["others"] == []


def test_who_typed_long_ago_is_not_editing(desk, bo):
    article = make_article()
    bo.post(keep_of(article), typed(article, title="x"))
    Unsaved.objects.update(at=timezone.now() - timedelta(minutes=3))
    assert desk.get(presence_of(article)).json()["others"] == []
    assertNotContains(desk.get(form_of(article)), "is editing")


def test_asking_who_is_editing_takes_the_same_queries_for_one_and_for_many(desk):
    article = make_article()

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(presence_of(article)).status_code == 200
        return len(captured)

    Unsaved.objects.store(article, typed(), by=make_user())
    desk.get(presence_of(article))
    one = queries()
    for _ in range(12):
        Unsaved.objects.store(article, typed(), by=make_user())
        Unsaved.objects.store(make_article(), typed(), by=make_user())
    assert queries() == one
    assert one <= 6


# Simultaneous changes


def both_change(desk, bo, article, mine, theirs):
    """Bo saves first. Returns the answer to the other, who started from the same revision."""
    on_the_screen = typed(article, seen=seen_by(desk, article))
    bo.post(form_of(article), on_the_screen | theirs)
    return desk.post(form_of(article), on_the_screen | mine)


@pytest.mark.django_db(transaction=True)
def test_requests_of_one_form_at_the_same_instant_leave_one_copy():
    article, editor = make_article(), make_user(role="Editors")
    key = uuid4()
    clients = [client_of(editor) for _ in range(4)]

    def keep(client):
        try:
            return client.post(
                keep_of(article), typed(title="x", form_key=key)
            ).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(keep, clients)) == [200] * 4
    assert Unsaved.objects.count() == 1


def test_a_body_of_nearly_a_million_characters_is_saved_kept_and_told_apart(desk, bo):
    paragraph = "<p>" + "Words and more words. " * 40 + "</p>"
    story = paragraph * ((LONGEST_HTML - 1_000) // len(paragraph))
    article = make_article(body=story)
    rest = story.removeprefix(paragraph)
    mine, theirs = "<p>Mine.</p>", "<p>Theirs.</p>"
    page = both_change(
        desk, bo, article, {"body": mine + rest}, {"body": theirs + rest}
    )
    [block] = page.context["conflicts"][0].blocks
    assert (block.mine, block.theirs) == (mine, theirs)
    desk.post(keep_of(article), typed(body=story))
    assertContains(desk.get(form_of(article)), "You have unsaved text from")


# Pasting

FROM_WORD = """<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style>p.MsoNormal {mso-style-parent:""; margin:0cm;}</style>
<p class=MsoNormal style='margin-bottom:8.0pt'><span lang=EN-GB style='font-family:"Calibri",sans-serif'>The harbour is <strong>closed</strong>.<o:p></o:p></span></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span>&middot;</span><![endif]>One thing</p>"""

FROM_GOOGLE = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1f2e"><p dir="ltr" style="line-height:1.38;"><span style="font-size:11pt;color:#000000;">The harbour is closed.</span></p><br /><ul><li dir="ltr" aria-level="1"><p role="presentation"><span>One</span></p></li></ul><a href="https://www.google.com/url?q=x" style="text-decoration:none;"><span>Link</span></a></b>"""


@pytest.mark.parametrize("pasted", [FROM_WORD, FROM_GOOGLE])
def test_of_what_is_pasted_from_elsewhere_the_words_stay_and_the_dress_goes(
    desk, pasted
):
    article = make_article()
    desk.post(form_of(article), typed(article, body=pasted))
    article.refresh_from_db()
    assert "The harbour is" in article.body
    for dress in ["style", "class", "span", "Mso", "o:p", "xml", "meta", "docs-", "w:"]:
        assert dress not in article.body


# Permissions


@pytest.mark.parametrize(
    ("role", "whose", "status", "answer"),
    [
        ("Editors", "another's", "draft", 200),
        ("Editors", "another's", "published", 200),
        ("Writers", "own", "draft", 200),
        ("Writers", "own", "in_review", 403),
        ("Writers", "own", "published", 403),
        ("Writers", "another's", "draft", 404),
        ("Moderators", "another's", "draft", 403),
        (None, "another's", "draft", 302),
    ],
)
def test_who_may_change_an_article_keeps_words_for_it_and_sees_who_else_does(
    db, client, role, whose, status, answer
):
    user = make_user(role=role)
    article = make_article(created_by=user if whose == "own" else make_user())
    if status == "in_review":
        article.submit()
    if status == "published":
        article.publish()
    client.force_login(user)
    assert client.post(keep_of(article), typed(title="x")).status_code == answer
    assert client.get(presence_of(article)).status_code == answer
    assert Unsaved.objects.exists() == (answer == 200)


def test_a_writer_still_finds_the_words_when_the_article_went_on(client, writer):
    article = make_article(created_by=writer)
    client.force_login(writer)
    client.post(keep_of(article), typed(article, title="My words"))
    article.submit()
    assertContains(client.get(form_of(article)), "You have unsaved text from")
    page = client.get(unsaved_of(article))
    assertContains(page, "My words")
    assertContains(page, "You can no longer edit the article")
    assertNotContains(page, take_of(article))


def test_words_for_an_article_that_one_may_not_see_are_not_there(client, writer):
    article = make_article()
    Unsaved.objects.store(article, typed(title="x"), by=writer)
    client.force_login(writer)
    assert client.get(unsaved_of(article)).status_code == 404
    assert client.post(throw_away(article)).status_code == 404
