import pytest

from articles.models import Article
from comments.models import Comment, Thread
from comments.security.tokens import private_address
from tests.comments.views.sending import (
    PRIVATE,
    PUBLIC,
    WORDS,
    address_of_thread,
    assert_words_are_back,
    moderator_client,
    send,
    text_of,
)
from tests.factories import (
    make_article,
    make_comment,
    make_shown_comment,
    make_user,
    make_visible_article,
)

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
    # On a phone the preview is above the form.
    assert page.index("<p>One</p>") < page.index('<form class="form"')
    assert f"{body}</textarea>" in page
    assert answer.headers["Cache-Control"] == PRIVATE
    assert not Comment.objects.exists()


def test_a_preview_of_mistakes_shows_the_mistakes(db, client):
    answer = send(client, make_visible_article(), name="", preview="1")
    assert answer.status_code == 422


def test_a_preview_names_whom_it_answers_by_their_plain_words(db, client):
    root = make_shown_comment(name="Ana", body="> Quoted.\n\nWhat *was* said.")
    answer = send(client, root.article, parent=root.pk, preview="1")
    preview = text_of(answer).partition('class="preview"')[2].partition("</section>")[0]
    assert "To <bdi>Ana</bdi>: " in preview
    assert "What was said." in preview
    assert "Quoted." not in text_of(answer)
    # The email address is not shown.
    assert WORDS["email"] not in preview


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
    assert "is no longer on the page" in text_of(answer)
    assert 'name="parent"' not in answer.content.decode()


def test_the_same_words_go_to_two_comments(db, client):
    article = make_visible_article()
    parents = [make_shown_comment(article=article) for _ in range(2)]
    for parent in parents:
        answer = send(client, article, parent=parent.pk, body="Yes!")
        assert answer.status_code == 303
    answers = Comment.objects.filter(body="Yes!").oldest_first()
    assert [answer.parent for answer in answers] == parents


def test_no_comment_is_an_answer_to_itself(db, client):
    before = make_shown_comment()
    answer = send(client, before.article, parent=before.pk + 1)
    assert answer.status_code == 422
    assert_words_are_back(answer)
    assert Comment.objects.get() == before


def test_nothing_but_the_words_can_be_sent(db, client):
    article, other = make_visible_article(), make_visible_article()
    answer = send(
        client,
        article,
        status="approved",
        article=other.pk,
        created_at="2001-01-01",
        first_shown_at="2001-01-01",
        picked_at="2001-01-01",
        by="1",
        root="1",
        version="7",
        text_revision="7",
        id="4711",
    )
    assert answer.status_code == 303
    comment = Comment.objects.get()
    assert comment.article == article
    assert comment.status == Comment.Status.PENDING
    assert comment.created_at.year != 2001
    assert (comment.first_shown_at, comment.picked_at) == (None, None)
    assert (comment.by, comment.root, comment.parent) == (None, None, None)
    assert (comment.version, comment.text_revision) == (1, 1)
    assert comment.pk != 4711


def test_too_long_comes_back_whole_with_how_many_fit(db, client):
    body = "👩‍👩‍👧‍👦" * 1000 + "b" * 4007
    answer = send(client, make_visible_article(), body=body)
    assert answer.status_code == 422
    assert f"{body}</textarea>" in text_of(answer)
    assert "has 5,007 characters; the limit is 5,000" in text_of(answer)


@pytest.mark.parametrize("letter", ["न", "नि", "語", "é", "👍🏽"])
def test_the_form_of_the_page_holds_the_longest_comment_of_every_script(
    db, client, letter
):
    page = client.get(address_of_thread(make_visible_article())).content.decode()
    # As multipart, because url-encoding triples each byte.
    assert 'enctype="multipart/form-data"' in page
    answer = send(client, make_visible_article(), body=letter * 5000)
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("happens", "status"),
    [
        (lambda article: Thread.objects.create(article=article, policy="closed"), 403),
        (
            lambda article: Thread.objects.create(
                article=article, closes_at=article.published_at
            ),
            403,
        ),
        (lambda article: article.withdraw(notice="It was wrong."), 410),
        (lambda article: article.withdraw(kind=Article.Withdrawal.VANISHED), 404),
        (lambda article: article.rename("a-better-name"), 303),
    ],
    ids=["closed", "closed by the clock", "withdrawn", "vanished", "renamed"],
)
@pytest.mark.parametrize("changes", [{}, {"preview": "1"}], ids=["post", "preview"])
def test_what_happens_to_the_article_while_one_writes_costs_no_word(
    db, client, happens, status, changes
):
    article = make_visible_article()
    root = make_shown_comment(article=article)
    page = client.get(address_of_thread(article), {"reply": root.pk})
    address = page.content.decode().partition('class="form" action="')[2].split('"')[0]
    Thread.objects.all().delete()
    happens(article)
    answer = client.post(address, WORDS | {"parent": root.pk} | changes)
    if status != 303:
        assert answer.status_code == status
        assert_words_are_back(answer)
    elif changes:
        assert answer.status_code == 200
        assert_words_are_back(answer)
    else:
        assert answer.status_code == 303
    posted = Comment.objects.filter(parent=root, article=article).count()
    assert posted == (status == 303 and not changes)


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
    # Other networks and previews need not wait.
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


# Repeated comments


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
