import json
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from itertools import batched
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from articles.models import Article
from comments import conversation
from comments.markup import kept_text
from comments.models import Comment, Thread
from comments.tokens import private_address
from tests.factories import (
    make_article,
    make_comment,
    make_shown_comment,
    make_user,
    make_visible_article,
)

WORDS = {"name": "Inés Ó", "email": "ines@example.org", "body": "A <remark>."}
PUBLIC = "public, no-cache"
PRIVATE = "private, no-store"


def address_of_thread(article):
    return reverse("comments:thread", args=[article.slug])


def send(client, article, /, *, headers=None, **changes):
    return client.post(address_of_thread(article), WORDS | changes, headers=headers)


def text_of(answer):
    return unescape(answer.content.decode())


def next_page(page):
    link = page.partition('conversation__more"><a href="')[2]
    return unescape(link.partition('"')[0])


def assert_words_are_back(answer, words=WORDS):
    page = text_of(answer)
    for word in words.values():
        assert word in page
    # Escaped, and for nobody's cache.
    assert "<remark>" not in answer.content.decode()
    assert answer.headers["Cache-Control"] == PRIVATE


def moderator_client(**kwargs):
    client = Client(**kwargs)
    client.force_login(make_user(role="Moderators"))
    return client


# Posting


def test_a_comment_is_taken_and_its_author_led_to_its_private_page(db, client):
    article = make_visible_article()
    answer = send(client, article)
    comment = Comment.objects.get()
    assert answer.status_code == 303
    assert answer.headers["Location"] == private_address(comment)
    assert {name: getattr(comment, name) for name in WORDS} == WORDS
    assert comment.article == article
    assert comment.status == Comment.Status.PENDING
    assert answer.headers["Cache-Control"] == PRIVATE
    assert not answer.cookies


def test_no_address_is_kept_of_who_wrote_it(db, client):
    client.post(
        address_of_thread(make_visible_article()), WORDS, REMOTE_ADDR="203.0.113.77"
    )
    row = Comment.objects.values().get()
    assert len(row["network"]) == 64
    assert "203.0.113" not in str(row)


def test_mistakes_come_back_with_every_word_and_where_they_are(db, client):
    words = {"name": "", "email": "not an address", "body": "A <remark>."}
    answer = send(client, make_visible_article(), **words)
    assert answer.status_code == 422
    assert_words_are_back(answer, words)
    page = answer.content.decode()
    for field in ["name", "email"]:
        assert f'<a href="#id_{field}">' in page
        assert f'id="id_{field}_error"' in page
    assert page.count('aria-invalid="true"') == 2
    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert not Comment.objects.exists()


def test_a_preview_shows_what_will_be_shown_and_keeps_nothing(db, client):
    body = "One\n\ntwo https://example.org/"
    answer = send(client, make_visible_article(), body=body, preview="1")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "<p>One</p><p>two <a href=" in page
    assert page.index("<p>One</p>") < page.index("<form class")
    assert f"{body}</textarea>" in page
    assert answer.headers["Cache-Control"] == PRIVATE
    assert not Comment.objects.exists()


def test_a_preview_of_mistakes_shows_the_mistakes(db, client):
    answer = send(client, make_visible_article(), name="", preview="1")
    assert answer.status_code == 422


def test_an_answer_is_previewed_and_posted_as_one(db, client):
    root = make_shown_comment(name="Whom I answer")
    page = client.get(address_of_thread(root.article), {"reply": root.pk})
    field = f'<input type="hidden" name="parent" value="{root.pk}" id="id_parent">'
    assert field in page.content.decode()
    answer = send(client, root.article, parent=root.pk, preview="1")
    assert field in answer.content.decode()
    assert "Whom I answer" in answer.content.decode()
    assert send(client, root.article, parent=root.pk).status_code == 303
    assert Comment.objects.get(parent=root).root == root


@pytest.mark.parametrize("parent", ["elsewhere", "waiting", "4711", "9" * 40])
def test_who_answers_what_is_not_there_is_told_and_can_post_all_the_same(
    db, client, parent
):
    article = make_visible_article()
    parents = {
        "elsewhere": make_shown_comment().pk,
        "waiting": make_comment(article=article).pk,
    }
    answer = send(client, article, parent=parents.get(parent, parent))
    assert answer.status_code == 422
    assert_words_are_back(answer)
    assert "is not on the page any more" in text_of(answer)
    assert 'name="parent"' not in answer.content.decode()


def test_nobody_posts_under_what_they_cannot_see(db, client):
    now_hidden = make_visible_article(title="Gone for good")
    now_hidden.withdraw(kind=Article.Withdrawal.VANISHED, notice="Secret")
    for article in [make_article(), now_hidden, Article(slug="never-there")]:
        answer = send(client, article)
        assert answer.status_code == 404
        assert_words_are_back(answer)
        assert "Secret" not in text_of(answer)
        assert "Gone for good" not in text_of(answer)
    assert not Comment.objects.exists()


def test_under_a_withdrawn_article_the_words_come_back_with_the_notice(db, client):
    article = make_visible_article()
    article.withdraw(reason="Inside only", notice="It was wrong.")
    answer = send(client, article)
    assert answer.status_code == 410
    assert_words_are_back(answer)
    assert "It was wrong." in text_of(answer)
    assert "Inside only" not in text_of(answer)


def test_in_a_closed_conversation_the_words_come_back(db, client):
    article = make_visible_article()
    Thread.objects.create(article=article, policy=Thread.Policy.CLOSED)
    answer = send(client, article)
    assert answer.status_code == 403
    assert_words_are_back(answer)
    assert "This conversation is closed" in text_of(answer)
    assert not Comment.objects.exists()


def test_in_a_held_conversation_a_comment_waits(db, client):
    article = make_visible_article()
    Thread.objects.create(article=article, policy=Thread.Policy.HELD)
    assert send(client, article).status_code == 303
    assert Comment.objects.waiting().count() == 1


def test_a_comment_sent_to_an_old_address_is_taken(db, client):
    article = make_visible_article()
    old = address_of_thread(article)
    article.rename("a-better-name")
    answer = client.post(old, WORDS)
    assert answer.status_code == 303
    assert Comment.objects.get().article == article


def test_what_was_never_public_is_not_found_under_its_old_name(db, client):
    article = make_article()
    old = address_of_thread(article)
    article.rename("a-better-name")
    assert client.post(old, WORDS).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "http://testserver"}, 303),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_another_site_cannot_post(db, client, headers, status):
    answer = send(client, make_visible_article(), headers=headers)
    assert answer.status_code == status
    assert Comment.objects.count() == (status == 303)
    if status == 403:
        assert_words_are_back(answer)
        assert "send it again from here" in text_of(answer)


def test_another_site_gets_no_preview(db, client):
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = send(client, make_visible_article(), headers=headers, preview="1")
    assert answer.status_code == 403


def test_whoever_is_signed_in_needs_the_token_and_gets_it_with_their_words(db):
    client = moderator_client(enforce_csrf_checks=True)
    article = make_visible_article()
    answer = send(client, article)
    assert answer.status_code == 403
    assert_words_are_back(answer)
    token = client.cookies["csrftoken"].value
    assert "csrfmiddlewaretoken" in answer.content.decode()
    assert send(client, article, csrfmiddlewaretoken=token).status_code == 303


def test_what_a_moderator_writes_is_shown_at_once(db):
    article = make_visible_article()
    answer = send(moderator_client(), article)
    assert answer.status_code == 303
    comment = Comment.objects.shown().get()
    assert comment.by.has_perm("comments.moderate_comment")
    assert comment.decisions.get().by == comment.by


@pytest.mark.parametrize("role", [None, "Writers"])
def test_what_others_with_an_account_write_waits(db, client, role):
    client.force_login(make_user(role=role))
    send(client, make_visible_article())
    assert Comment.objects.waiting().get().by is None


def test_too_many_comments_come_back_with_the_time_to_wait(db, client, settings):
    settings.COMMENT_RATE = ["2/m"]
    article = make_visible_article()
    for body in ["one", "two"]:
        assert send(client, article, body=body).status_code == 303
    assert send(client, article, body="one").status_code == 303
    answer = send(client, article)
    assert answer.status_code == 429
    assert 55 <= int(answer.headers["Retry-After"]) <= 60
    assert_words_are_back(answer)
    assert Comment.objects.count() == 2
    # Another network, and a preview, need not wait.
    elsewhere = client.post(
        address_of_thread(article), WORDS, REMOTE_ADDR="198.51.100.1"
    )
    assert elsewhere.status_code == 303
    assert send(client, article, preview="1").status_code == 200


def test_the_sixth_comment_in_a_minute_is_one_too_many(db, client):
    article = make_visible_article()
    answers = [send(client, article, body=f"No. {n}").status_code for n in range(6)]
    assert answers == [303] * 5 + [429]


def test_what_was_refused_does_not_count(db, client, settings):
    settings.COMMENT_RATE = ["1/h"]
    article = make_visible_article()
    send(client, article, name="")
    send(client, article, headers={"Sec-Fetch-Site": "cross-site"})
    assert send(client, article).status_code == 303


# Sent twice


def test_a_repeat_leads_its_author_to_the_same_private_page(db, client):
    article = make_visible_article()
    first, second = send(client, article), send(client, article)
    assert second.status_code == 303
    assert second.headers["Location"] == first.headers["Location"]
    assert Comment.objects.count() == 1


def test_who_copies_what_was_once_public_gets_no_powers_over_it(db, client):
    article = make_visible_article()
    send(client, article)
    comment = Comment.objects.get()
    comment.approve()
    answer = send(client, article)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/comments/received/"
    comment.undo()
    assert comment.status == Comment.Status.PENDING
    assert send(client, article).headers["Location"] == "/comments/received/"
    assert Comment.objects.count() == 1


def test_the_receipt_says_nothing_about_anybody(db, client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/comments/received/")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == PUBLIC


def test_who_fell_for_the_decoy_is_answered_as_all_are_and_read_by_none(
    db, client, mailoutbox, django_capture_on_commit_callbacks
):
    make_user(role="Moderators")
    article = make_visible_article()
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(client, article, subject="https://spam.example/")
    comment = Comment.objects.get()
    assert answer.status_code == 303
    assert answer.headers["Location"] == private_address(comment)
    assert (comment.status, comment.body) == (Comment.Status.SPAM, WORDS["body"])
    assert mailoutbox == []
    assert "spam" not in client.get(private_address(comment)).content.decode().lower()


# What is too large, or no form at all


def test_the_longest_comment_in_the_longest_characters_is_taken(db, client):
    body = "𐍈" * 5000
    data = urlencode(WORDS | {"body": body})
    answer = client.post(
        address_of_thread(make_visible_article()),
        data,
        content_type="application/x-www-form-urlencoded",
    )
    assert len(data) > 60_000
    assert answer.status_code == 303
    assert Comment.objects.get().body == body


@pytest.mark.parametrize("multipart", [True, False])
def test_more_than_64_kib_is_not_read(db, client, multipart):
    address = address_of_thread(make_visible_article())
    words = WORDS | {"body": "b" * 66_000}
    if multipart:
        answer = client.post(address, words)
    else:
        form = "application/x-www-form-urlencoded"
        answer = client.post(address, urlencode(words), content_type=form)
    assert answer.status_code == 413
    assert "too long" in text_of(answer)
    assert not Comment.objects.exists()


def test_a_file_counts_too(db, client):
    file = BytesIO(b"x" * 70_000)
    file.name = "x.bin"
    answer = send(client, make_visible_article(), file=file)
    assert answer.status_code == 413


def raw(client, article, body, **environ):
    return client.generic(
        "POST",
        address_of_thread(article),
        body,
        **{"content_type": "application/x-www-form-urlencoded"} | environ,
    )


def test_who_announces_less_than_comes_is_read_no_further(db, client):
    body = urlencode(WORDS | {"body": "b" * 70_000})
    answer = raw(client, make_visible_article(), body, CONTENT_LENGTH="100")
    assert answer.status_code in {303, 422}
    assert not Comment.objects.filter(body__contains="b" * 101).exists()


@pytest.mark.parametrize("length", ["", "-5", "x", "1e9", "9" * 30])
def test_a_length_that_is_none_is_no_way_in_and_no_crash(db, client, length):
    body = urlencode(WORDS | {"body": "b" * 70_000})
    for content_type in [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ]:
        answer = raw(
            client,
            make_visible_article(),
            body,
            CONTENT_LENGTH=length,
            content_type=content_type,
        )
        assert answer.status_code in {400, 413, 422}
    assert not Comment.objects.exists()


def test_a_body_of_unknown_length_is_read_up_to_the_limit(db, client):
    article = make_visible_article()
    for words, status in [(WORDS, 303), (WORDS | {"body": "b" * 70_000}, 413)]:
        answer = raw(
            client,
            article,
            b"x",
            CONTENT_LENGTH="",
            HTTP_TRANSFER_ENCODING="chunked",
            **{"wsgi.input": BytesIO(urlencode(words).encode())},
        )
        assert answer.status_code == status
    assert Comment.objects.get().body == WORDS["body"]


def test_a_million_fields_are_refused(db, client):
    article = make_visible_article()
    assert raw(client, article, "a&" * 1_000_000).status_code == 413
    assert raw(client, article, "a=1&" * 10_000).status_code == 400


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "nonsense",
        "application/json",
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=" + "é" * 10,
        "multipart/form-data; boundary=x; charset=punycode",
        "application/x-www-form-urlencoded; charset=utf-7",
        "application/x-www-form-urlencoded; charset=nonsense",
        "application/x-www-form-urlencoded; charset=utf-16",
    ],
)
@pytest.mark.parametrize(
    "body",
    [b"", b"\x00\xff\xfe", b"name=%00&body=%ED%A0%80%FF", b"--x\r\n\r\n--x--\r\n"],
)
def test_what_is_no_form_is_no_crash(db, client, content_type, body):
    answer = raw(client, make_visible_article(), body, content_type=content_type)
    assert answer.status_code in {303, 400, 422}


def test_whatever_the_sender_calls_the_encoding_ours_is_meant(db, client):
    body = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{word}\r\n'
        for name, word in WORDS.items()
    )
    answer = raw(
        client,
        make_visible_article(),
        f"{body}--x--\r\n".encode(),
        content_type="multipart/form-data; boundary=x; charset=latin-1",
    )
    assert answer.status_code == 303
    assert Comment.objects.get().name == WORDS["name"]


def test_what_is_not_utf_8_is_replaced_and_kept(db, client):
    body = b"name=%FFIn%E9s&body=a%00b%ED%A0%80c"
    answer = raw(client, make_visible_article(), body)
    assert answer.status_code == 303
    comment = Comment.objects.get()
    assert comment.name == "\ufffdIn\ufffds"
    assert comment.body.startswith("ab")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_there_is_no_other_way_to_send(db, client, method):
    article = make_visible_article()
    assert client.generic(method, address_of_thread(article)).status_code == 405


# Reading


def test_the_thread_shows_what_the_article_page_shows(db, client):
    root = make_shown_comment()
    reply = make_shown_comment(parent=root)
    hidden = make_comment(article=root.article)
    answer = client.get(address_of_thread(root.article))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == PUBLIC
    # The same for everybody: no cookie is set, and none was looked at.
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
    for comment in [root, reply]:
        assert f'id="comment-{comment.pk}"' in page
    assert hidden.body not in page


def test_the_thread_goes_on_from_page_to_page(db, client, monkeypatch):
    monkeypatch.setattr(conversation, "ROOTS_A_PAGE", 2)
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


def test_a_reader_who_answers_sees_whom(db, client):
    comment = make_shown_comment(name="Ana", body="What I said.")
    for id, is_there in [(comment.pk, True), (4711, False), ("x", False)]:
        page = client.get(address_of_thread(comment.article), {"reply": id})
        assert ("Your answer to <bdi>Ana</bdi>" in page.content.decode()) is is_there


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

    assert thread.public_parameters == {"after", "reply", "sort"}
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


# The private page


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([], "Your comment waits for a moderator"),
        (["approve"], "Your comment is published"),
        (["reject"], "Your comment was not published"),
        (["mark_spam"], "Your comment was not published"),
        (["withdraw"], "You have withdrawn this comment"),
        (["approve", "withdraw"], "You have withdrawn this comment"),
    ],
)
def test_an_author_sees_what_became_of_the_comment(db, client, steps, words):
    comment = make_comment(body="What I wrote.")
    for step in steps:
        getattr(comment, step)()
    answer = client.get(private_address(comment))
    assert answer.status_code == 200
    assert f"<h1>{words}</h1>" in text_of(answer)
    assert "What I wrote." in text_of(answer)
    is_shown = steps == ["approve"]
    assert (comment.get_absolute_url() in text_of(answer)) is is_shown
    assert "spam" not in text_of(answer).lower()


def test_an_author_reads_the_reason_and_not_the_note(db, client):
    comment = make_comment()
    comment.reject(reason="off_topic", note="Him again")
    page = text_of(client.get(private_address(comment)))
    assert "gave this reason: off topic." in page
    assert "Him again" not in page


def test_the_private_page_tells_nothing_of_an_article_that_is_not_public(db, client):
    comment = make_comment(article=make_visible_article(title="Hush"))
    comment.approve()
    assert "Hush" in text_of(client.get(private_address(comment)))
    comment.article.withdraw()
    page = text_of(client.get(private_address(comment)))
    assert "Hush" not in page
    assert "Your comment is approved" in page
    assert comment.get_absolute_url() not in page


def test_the_private_page_is_kept_by_nobody_and_told_to_nobody(db, client):
    answer = client.get(private_address(make_comment()))
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == PRIVATE
    assert '<meta name="robots" content="noindex">' in answer.content.decode()
    assert not answer.cookies


def test_a_token_that_nobody_was_given_opens_nothing(db, client):
    comment = make_shown_comment()
    good = private_address(comment)
    for address in [
        good[:-2] + "/",
        f"/comments/mine/{comment.pk}/",
        "/comments/mine/%00/",
    ]:
        assert client.get(address).status_code == 404
        assert client.post(address, {"withdraw": 1}).status_code == 404
    assert Comment.objects.shown().exists()


def test_an_author_can_withdraw(db, client):
    comment = make_shown_comment()
    address = private_address(comment)
    answer = client.post(address, {"withdraw": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    comment.refresh_from_db()
    assert comment.status == Comment.Status.WITHDRAWN
    # Again: nothing happens, and nothing breaks.
    assert client.post(address, {"withdraw": "1"}).status_code == 303
    assert comment.decisions.count() == 2
    assert 'name="withdraw"' not in client.get(address).content.decode()


def test_another_site_cannot_withdraw(db, client):
    comment = make_shown_comment()
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = client.post(private_address(comment), {"withdraw": "1"}, headers=headers)
    assert answer.status_code == 403
    assert answer.headers["Cache-Control"] == PRIVATE
    assert Comment.objects.shown().get() == comment
    staff = moderator_client(enforce_csrf_checks=True)
    assert staff.post(private_address(comment), {"withdraw": "1"}).status_code == 403


def test_a_moderator_who_decides_meanwhile_does_not_stop_the_author(db):
    from comments.views import _withdraw

    comment = make_comment()
    Comment.objects.get(pk=comment.pk).approve()
    _withdraw(comment)
    comment.refresh_from_db()
    assert comment.status == Comment.Status.WITHDRAWN


# What other people have thought of


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def assert_nothing_can_run(html):
    allowed_scripts = {"/static/js/"}
    for tag, attrs in Tags(html).found:
        assert tag not in {"iframe", "object", "embed", "svg", "img", "style", "base"}
        assert not any(name.startswith("on") or name == "style" for name in attrs)
        if tag == "script":
            assert any(attrs["src"].startswith(path) for path in allowed_scripts)
        if tag == "a":
            scheme = attrs["href"].partition(":")[0].lower()
            is_ours = attrs["href"].startswith(("/", "#"))
            assert is_ours or scheme in {"http", "https", "mailto"}


def assert_nothing_can_run_in(client, article):
    """With everything that was sent on the page, on one page after another."""
    Comment.objects.update(status=Comment.Status.APPROVED)
    address, shown = address_of_thread(article), 0
    while address:
        page = client.get(address).content.decode()
        assert_nothing_can_run(page)
        shown += page.count('id="comment-')
        address = next_page(page)
    assert shown == Comment.objects.count()


def test_of_all_attacks_none_gets_through(db, client, settings, samples):
    settings.COMMENT_RATE = []
    lines = (samples / "xss" / "xss-payload-list.txt").read_text().splitlines()
    article = make_visible_article()
    for number, batch in enumerate(batched(lines, 60, strict=False)):
        body = "\n".join(line[:80] for line in batch)[:5000]
        name = f"{number} {batch[0]}"[:80]
        answer = send(client, article, name=name, email="", body=body)
        assert answer.status_code == 303
    assert Comment.objects.count() > 100
    assert_nothing_can_run_in(client, article)
    words = {"name": lines[0], "email": lines[1], "body": "\n".join(lines)[:4000]}
    for changes in [{}, {"email": "", "preview": "1"}]:
        assert_nothing_can_run(
            send(client, article, **words | changes).content.decode()
        )


def test_naughty_strings_come_back_as_they_were_typed(db, client, settings, samples):
    settings.COMMENT_RATE = []
    strings = json.loads((samples / "unicode" / "blns.json").read_text())
    article = make_visible_article()
    typed = {}
    for number, some in enumerate(batched(strings, 5, strict=False)):
        body = "\n\n".join(["Naughty:", *some, "."])
        name = f"{number} {some[0]}"[:80]
        assert send(client, article, name=name, email="", body=body).status_code == 303
        typed[Comment.objects.latest("id").pk] = kept_text(body)
    assert len(typed) == len(strings) // 5
    assert dict(Comment.objects.values_list("pk", "body")) == typed
    assert_nothing_can_run_in(client, article)


def test_every_email_address_is_taken_or_refused(db, client, settings, samples):
    settings.COMMENT_RATE = []
    tests = ElementTree.parse(samples / "email" / "rfc5322.xml").iter("test")
    article = make_visible_article()
    statuses = {}
    for test in tests:
        address = test.findtext("address") or ""
        # The file writes control characters as the symbols for them.
        address = "".join(
            chr(ord(char) - 0x2400) if 0x2400 <= ord(char) < 0x2420 else char
            for char in address
        )
        answer = send(client, article, email=address)
        statuses.setdefault(answer.status_code, []).append(address)
    assert set(statuses) == {303, 422}
    assert "first.last@example.com" in statuses[303] or "test@iana.org" in statuses[303]


# How much it costs


def test_queries_of_the_thread_are_the_same_for_one_and_for_many(
    db, client, django_assert_num_queries
):
    article = make_visible_article()
    for number in [1, 10]:
        for _ in range(number):
            root = make_shown_comment(article=article)
            make_shown_comment(parent=make_shown_comment(parent=root))
        # Whose address it is, the article, the thread, the roots, the replies.
        with django_assert_num_queries(5):
            client.get(address_of_thread(article))


def test_queries_of_the_other_pages(db, client, django_assert_num_queries):
    comment = make_shown_comment()
    for _ in range(5):
        make_shown_comment(article=comment.article)
    with django_assert_num_queries(2):
        client.get(comment.get_absolute_url())
    # The comment with its article, and whether readers see it.
    with django_assert_num_queries(2):
        client.get(private_address(comment))
