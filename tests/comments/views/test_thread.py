import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.dateformat import format as date_format
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.core.pagination import Cursor
from articles.models import Article
from comments.models import Comment
from comments.security.tokens import private_address
from comments.threads import pages
from tests.comments.views.sending import PUBLIC, address_of_thread, next_page, text_of
from tests.factories import (
    make_article,
    make_comment,
    make_shown_comment,
    make_visible_article,
)


def test_the_thread_shows_what_the_article_page_shows(db, client):
    root = make_shown_comment()
    reply = make_shown_comment(parent=root)
    hidden = make_comment(article=root.article)
    answer = client.get(address_of_thread(root.article))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == PUBLIC
    # The same for everybody: no cookie is set, and none was read.
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
    for comment in [root, reply]:
        assert f'id="comment-{comment.pk}"' in page
    assert hidden.body not in page


def test_the_thread_goes_on_from_page_to_page(db, client, monkeypatch):
    monkeypatch.setattr(pages, "ROOTS_A_PAGE", 2)
    article = make_visible_article()
    comments = [make_shown_comment(article=article) for _ in range(3)]
    for query, order in [("", comments), ("?sort=newest", comments[::-1])]:
        page = client.get(address_of_thread(article) + query).content.decode()
        found = [f'id="comment-{comment.pk}"' in page for comment in order]
        assert found == [True, True, False]
        more = next_page(page)
        page = client.get(more).content.decode()
        found = [f'id="comment-{comment.pk}"' in page for comment in order]
        assert found == [False, False, True]
        assert "conversation__more" not in page


def test_a_cursor_beyond_the_last_comment_leads_nowhere(db, client):
    comment = make_shown_comment()
    address = address_of_thread(comment.article)
    beyond = Cursor(comment.created_at, comment.pk)
    assert client.get(address, {"after": str(beyond)}).status_code == 404


def test_a_reader_who_answers_sees_whom(db, client):
    comment = make_shown_comment(name="Ana", body="What I said.")
    for id, is_there in [(comment.pk, True), (4711, False), ("x", False)]:
        page = client.get(address_of_thread(comment.article), {"reply": id})
        assert ("Your reply to <bdi>Ana</bdi>" in page.content.decode()) is is_there


def test_under_what_is_not_public_there_is_no_thread(db, client):
    gone = make_visible_article()
    gone.withdraw(notice="It was wrong.")
    vanished = make_visible_article()
    vanished.withdraw(kind=Article.Withdrawal.VANISHED)
    assert client.get(address_of_thread(make_article())).status_code == 404
    assert client.get(address_of_thread(vanished)).status_code == 404
    answer = client.get(address_of_thread(gone))
    assert answer.status_code == 410
    assert "It was wrong." in text_of(answer)


def test_the_thread_moves_with_its_article(db, client):
    article = make_visible_article()
    old = address_of_thread(article)
    article.rename("a-better-name")
    answer = client.get(old)
    assert answer.status_code == 301
    assert answer.headers["Location"] == "/articles/a-better-name/comments/"
    assert "no-cache" in answer.headers["Cache-Control"]


def test_reading_changes_nothing(db, client):
    comment = make_shown_comment()
    before = list(Comment.objects.values())
    for address in [
        address_of_thread(comment.article),
        f"{address_of_thread(comment.article)}?name=a&body=b&reply={comment.pk}",
        comment.get_absolute_url(),
        private_address(comment),
        f"{private_address(comment)}?withdraw=1",
    ]:
        client.get(address)
        client.head(address)
    assert list(Comment.objects.values()) == before


def test_the_page_cache_knows_what_changes_the_thread():
    from comments.views import comment, received, thread

    assert thread.public_parameters == {"after", "reply", "root", "sort"}
    assert comment.public_parameters == received.public_parameters == set()


def test_a_permalink_leads_to_the_comment(db, client):
    comment = make_shown_comment()
    answer = client.get(f"/comments/{comment.pk}/")
    assert answer.status_code == 302
    assert answer.headers["Cache-Control"] == PUBLIC
    page = comment.article.get_absolute_url()
    assert answer.headers["Location"] == f"{page}#comment-{comment.pk}"


def test_a_tombstone_has_a_permalink_too(db, client):
    root = make_shown_comment()
    reply = make_shown_comment(parent=root)
    root.withdraw()
    for comment in [root, reply]:
        assert client.get(comment.get_absolute_url()).status_code == 302


def test_what_readers_cannot_see_has_no_permalink(db, client):
    waiting, withdrawn, under_hidden = (
        make_comment(),
        make_shown_comment(),
        make_shown_comment(),
    )
    withdrawn.withdraw()
    under_hidden.article.withdraw()
    for comment in [waiting, withdrawn, under_hidden]:
        assert client.get(comment.get_absolute_url()).status_code == 404
    for id in ["0", "4711", "9" * 30, "9" * 5000]:
        assert client.get(f"/comments/{id}/").status_code == 404


# The page of one root


def make_replies(root, number):
    start = root.created_at
    return [
        make_shown_comment(parent=root, created_at=start + timedelta(seconds=n + 1))
        for n in range(number)
    ]


def ids_on(answer):
    return re.findall(r'id="comment-(\d+)"', answer.content.decode())


def ids_of(comments):
    return [str(comment.pk) for comment in comments]


def test_the_replies_that_are_folded_away_are_where_the_link_leads(db, client):
    root = make_shown_comment()
    replies = make_replies(root, 7)
    for page in [root.article.get_absolute_url(), address_of_thread(root.article)]:
        answer = client.get(page)
        assert ids_on(answer) == ids_of([root, *replies[:5]])
        [(link, words)] = re.findall(
            r'class="comment__unfold"><a href="([^"]+)"[^>]*>([^<]+)</a>',
            text_of(answer),
        )
        assert words == "Show all 7 replies"
        answer = client.get(link)
        assert ids_on(answer) == ids_of([root, *replies])
        assert "comment__unfold" not in text_of(answer)
        assert answer.headers["Cache-Control"] == PUBLIC


def test_a_page_that_folds_nothing_needs_no_script_for_it(db, client):
    root = make_shown_comment()
    for number, is_there in [(5, False), (1, True)]:
        make_replies(root, number)
        page = text_of(client.get(root.article.get_absolute_url()))
        assert ("js/replies.js" in page) is is_there


def test_the_replies_go_on_from_page_to_page(db, client, monkeypatch):
    monkeypatch.setattr(pages, "REPLIES_A_PAGE", 3)
    root = make_shown_comment()
    replies = make_replies(root, 7)
    address, seen = f"{address_of_thread(root.article)}?root={root.pk}", []
    while address:
        answer = client.get(address)
        first, *others = ids_on(answer)
        assert first == str(root.pk)
        seen += others
        address = next_page(answer.content.decode())
    assert seen == ids_of(replies)
    assert (
        f'href="{address_of_thread(root.article)}?root={root.pk}">Earlier'
        in text_of(answer)
    )


def test_a_cursor_beyond_the_last_reply_leads_nowhere(db, client):
    root = make_shown_comment()
    [reply] = make_replies(root, 1)
    beyond = Cursor(reply.created_at, reply.pk)
    query = {"root": root.pk, "after": beyond}
    assert client.get(address_of_thread(root.article), query).status_code == 404


def test_folded_replies_under_a_tombstone_are_found_and_its_words_are_not(db, client):
    root = make_shown_comment(name="Ana Ruiz", body="What was said.")
    replies = make_replies(root, 6)
    root.withdraw()
    for page in ["", f"?root={root.pk}"]:
        answer = client.get(address_of_thread(root.article) + page)
        assert ids_on(answer)[:6] == ids_of([root, *replies[:5]])
        assert "What was said." not in text_of(answer)
        assert "Ana Ruiz" not in text_of(answer)


@pytest.mark.every_case
@pytest.mark.parametrize(
    "root",
    ["", "0", "-1", "x", "1.5", "\x00", "9" * 19, "9" * 30, "-" + "9" * 30, "9" * 5000],
)
def test_a_root_that_nobody_was_given_is_not_found(db, client, root):
    article = make_shown_comment().article
    assert client.get(address_of_thread(article), {"root": root}).status_code == 404


def test_only_what_begins_a_conversation_here_has_a_page(db, client):
    root = make_shown_comment()
    [reply] = make_replies(root, 1)
    waiting = make_comment(article=root.article)
    spam = make_shown_comment(article=root.article)
    make_replies(spam, 1)
    spam.mark_spam()
    elsewhere = make_shown_comment()
    address = address_of_thread(root.article)
    assert client.get(address, {"root": root.pk}).status_code == 200
    for comment in [reply, waiting, spam, elsewhere]:
        assert client.get(address, {"root": comment.pk}).status_code == 404


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["", "newest", "x"]))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_nothing_in_an_address_breaks_the_thread(db, client, after, root, sort):
    article = make_shown_comment().article
    address = address_of_thread(article)
    answer = client.get(address, {"after": after, "sort": sort})
    assert answer.status_code in {200, 404}
    assert client.get(address, {"root": root, "after": after}).status_code in {200, 404}


@pytest.mark.every_case
@pytest.mark.parametrize("after", ["-1-1", "1--1", f"{10**25}-1", f"1-{10**25}", "0-1"])
@pytest.mark.parametrize("sort", ["oldest", "newest"])
def test_a_forged_cursor_is_not_found_and_breaks_nothing(db, client, after, sort):
    root = make_shown_comment()
    for parameters in [{"sort": sort}, {"root": root.pk}]:
        answer = client.get(
            address_of_thread(root.article), {"after": after} | parameters
        )
        # A cursor after 1970 covers the whole conversation, but no reply of this root.
        is_place = after in {"0-1", "-1-1"} and parameters == {"sort": "oldest"}
        assert answer.status_code == (200 if is_place else 404)


# Picks and edits


def test_picks_stand_before_the_conversation_and_in_it(db, client, monkeypatch):
    monkeypatch.setattr(pages, "ROOTS_A_PAGE", 2)
    article = make_visible_article()
    roots = [make_shown_comment(article=article) for _ in range(3)]
    roots[0].pick()
    roots[2].pick()
    thread = address_of_thread(article)
    for address in [article.get_absolute_url(), thread, f"{thread}?sort=newest"]:
        page = text_of(client.get(address))
        picks = page[page.index('class="picks"') : page.index('id="comment-')]
        assert picks.index(roots[2].body) < picks.index(roots[0].body)
        assert roots[1].body not in picks
        assert f'href="{roots[0].get_absolute_url()}"' in picks
        assert page.count("comment__badge--pick") == 1
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids))
    second = client.get(next_page(page))
    for answer in [second, client.get(thread, {"root": roots[0].pk})]:
        assert 'class="picks"' not in text_of(answer)
        assert text_of(answer).count("comment__badge--pick") == 1


def test_without_picks_there_is_no_section_for_them(db, client):
    page = text_of(client.get(make_shown_comment().article.get_absolute_url()))
    assert "picks" not in page


def test_a_comment_that_was_changed_says_when(db, client):
    comment = make_shown_comment(
        created_at=timezone.now() - timedelta(minutes=5), body="At first."
    )
    page = comment.article.get_absolute_url()
    assert "edited" not in text_of(client.get(page))
    comment.edit("Put better.", status=Comment.Status.APPROVED)
    text = text_of(client.get(page))
    assert "Put better." in text
    assert "At first." not in text
    moment = date_format(timezone.localtime(comment.edited_at), "c")
    assert f'edited <time datetime="{moment}"' in text
