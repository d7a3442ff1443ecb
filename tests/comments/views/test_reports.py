from urllib.parse import urlencode

import pytest
from django.urls import reverse

from comments.models import Report
from tests.comments.views.sending import PRIVATE, PUBLIC, moderator_client, text_of
from tests.factories import (
    make_comment,
    make_shown_comment,
    make_user,
    make_visible_article,
)

THANKS = "/comments/reported/"
WORDS = {"reason": "abuse", "sentence": "It <insults> my neighbour."}


def form_of(comment):
    return reverse("comments:report", args=[comment.pk])


def send(client, comment, /, *, headers=None, **changes):
    return client.post(form_of(comment), WORDS | changes, headers=headers)


def assert_words_are_back(answer):
    assert WORDS["sentence"] in text_of(answer)
    assert "<insults>" not in answer.content.decode()
    assert answer.headers["Cache-Control"] == PRIVATE


def test_every_shown_comment_can_be_reported_and_no_tombstone(db, client):
    root = make_shown_comment()
    reply = make_shown_comment(parent=root)
    root.withdraw()
    page = client.get(root.article.get_absolute_url()).content.decode()
    assert f'href="{form_of(reply)}" rel="nofollow"' in page
    assert form_of(root) not in page


def test_a_comment_of_a_closed_conversation_can_be_reported(db, client, settings):
    settings.COMMENT_POLICY = "closed"
    comment = make_shown_comment()
    page = client.get(comment.article.get_absolute_url()).content.decode()
    assert form_of(comment) in page
    assert send(client, comment).status_code == 303


def test_the_form_shows_the_comment_and_is_the_same_for_all(db, client):
    comment = make_shown_comment(name="Inés", body="Rude <words>.")
    answer = client.get(form_of(comment))
    page = answer.content.decode()
    assert "Inés" in page
    assert "Rude &lt;words&gt;." in page
    for reason in Report.Reason:
        assert f'type="radio" name="reason" value="{reason}"' in page
    assert answer.headers["Cache-Control"] == PUBLIC
    assert "csrf" not in page
    assert "checked" not in page
    assert '<meta name="robots" content="noindex">' in page
    assert not answer.cookies


def test_queries_of_the_form_and_of_the_thanks(db, client, django_assert_num_queries):
    comment = make_shown_comment()
    for _ in range(5):
        make_shown_comment(article=comment.article)
    with django_assert_num_queries(1):
        client.get(form_of(comment))
    with django_assert_num_queries(0):
        assert client.get(THANKS).headers["Cache-Control"] == PUBLIC


def test_a_report_is_taken_and_thanked_for(db, client):
    comment = make_shown_comment()
    answer = send(client, comment)
    assert (answer.status_code, answer.headers["Location"]) == (303, THANKS)
    report = Report.objects.get()
    assert {name: getattr(report, name) for name in WORDS} == WORDS
    assert report.comment == comment
    assert len(report.network) == 64
    assert "127.0.0" not in str(Report.objects.values().get())
    assert "Thank you" in text_of(client.get(THANKS))


def test_a_second_report_gets_the_same_answer_and_no_row(db, client):
    comment = make_shown_comment()
    answers = [send(client, comment, reason=reason) for reason in ["spam", "abuse"]]
    assert {answer.headers["Location"] for answer in answers} == {THANKS}
    assert Report.objects.get().reason == "spam"


def test_two_networks_are_two_people(db, client):
    comment = make_shown_comment()
    send(client, comment)
    client.post(form_of(comment), WORDS, REMOTE_ADDR="198.51.100.1")
    client.post(form_of(comment), WORDS, REMOTE_ADDR="198.51.100.99")
    assert Report.objects.count() == 2


def test_nobody_becomes_many_by_saying_so(db, client):
    comment = make_shown_comment()
    for number in range(3):
        send(client, comment, headers={"X-Forwarded-For": f"198.51.{number}.1"})
    assert Report.objects.exclude(network="").count() <= 1
    assert Report.objects.filter(comment=comment).voices() == 1


@pytest.mark.parametrize(("role", "is_account"), [("Writers", True), (None, False)])
def test_staff_report_by_account_and_other_readers_by_network(
    db, client, role, is_account
):
    user = make_user(role=role)
    client.force_login(user)
    send(client, make_shown_comment())
    report = Report.objects.get()
    assert report.by == (user if is_account else None)
    assert (report.network == "") is is_account


@pytest.mark.parametrize("sentence", ["", WORDS["sentence"]])
@pytest.mark.parametrize("reason", ["", "because"])
def test_without_a_reason_the_form_comes_back(db, client, sentence, reason):
    answer = send(client, make_shown_comment(), reason=reason, sentence=sentence)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert '<a href="#id_reason_0">Choose' in page
    assert 'id="id_reason_error"' in page
    if sentence:
        assert_words_are_back(answer)
    assert not Report.objects.exists()


def test_a_sentence_of_500_characters_fits_and_no_longer_one(db, client):
    comment = make_shown_comment()
    answer = send(client, comment, sentence="é" * 501)
    assert answer.status_code == 422
    assert "é" * 501 in text_of(answer)
    assert "has 501 characters" in text_of(answer)
    assert answer.context["form"]["reason"].value() == "abuse"
    assert answer.content.decode().count(" checked") == 1
    assert send(client, comment, sentence="𐍈" * 500).status_code == 303


def test_what_no_database_keeps_is_taken_out(db, client):
    send(client, make_shown_comment(), sentence="a\0b\x08c\r\nd")
    assert Report.objects.get().sentence == "abc\nd"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_another_site_cannot_report(db, client, headers, status):
    answer = send(client, make_shown_comment(), headers=headers)
    assert answer.status_code == status
    assert Report.objects.count() == (status == 303)
    if status == 403:
        assert_words_are_back(answer)
        assert "send it again from here" in text_of(answer)


def test_whoever_is_signed_in_needs_the_token_and_gets_it_with_their_words(db):
    client = moderator_client(enforce_csrf_checks=True)
    comment = make_shown_comment()
    assert "csrfmiddlewaretoken" in client.get(form_of(comment)).content.decode()
    answer = send(client, comment)
    assert answer.status_code == 403
    assert_words_are_back(answer)
    token = client.cookies["csrftoken"].value
    assert send(client, comment, csrfmiddlewaretoken=token).status_code == 303


def test_the_eleventh_report_of_an_hour_comes_back_with_the_time_to_wait(db, client):
    article = make_visible_article()
    comments = [make_shown_comment(article=article) for _ in range(11)]
    answers = [send(client, comment) for comment in comments]
    assert [answer.status_code for answer in answers] == [303] * 10 + [429]
    assert 3500 < int(answers[10].headers["Retry-After"]) <= 3600
    assert "Send it again in 1 hour" in text_of(answers[10])
    assert_words_are_back(answers[10])
    assert Report.objects.count() == 10


@pytest.mark.parametrize(
    ("what_happened", "status"),
    [
        ("withdrawn", 404),
        ("erased", 404),
        ("rejected", 404),
        ("spam", 404),
        ("a tombstone", 410),
        ("an erased tombstone", 410),
        ("under spam", 404),
        ("article withdrawn", 404),
        ("held for reports", 404),
    ],
)
def test_what_went_off_the_page_between_form_and_report_gives_the_words_back(
    db, client, what_happened, status
):
    comment = make_shown_comment(body="Rude words.")
    if "tombstone" in what_happened:
        make_shown_comment(parent=comment)
    if what_happened == "under spam":
        comment = make_shown_comment(parent=comment, body="Rude words.")
    assert client.get(form_of(comment)).status_code == 200
    {
        "withdrawn": comment.withdraw,
        "erased": comment.erase,
        "rejected": comment.reject,
        "spam": comment.mark_spam,
        "a tombstone": comment.reject,
        "an erased tombstone": comment.erase,
        "under spam": lambda: comment.root.mark_spam(),
        "article withdrawn": comment.article.withdraw,
        "held for reports": comment.hold_for_reports,
    }[what_happened]()
    answer = send(client, comment)
    assert answer.status_code == status
    assert_words_are_back(answer)
    assert "Rude words." not in text_of(answer)
    assert not Report.objects.exists()
    page = client.get(form_of(comment))
    assert page.status_code == status
    assert "Rude words." not in text_of(page)
    assert "Your text, to copy" not in text_of(page)


def test_what_was_never_shown_cannot_be_told_from_what_was_never_there(db, client):
    waiting = make_comment(name="Hush", body="Secret.")
    never = reverse("comments:report", args=[4711])
    for method in [client.get, lambda address: client.post(address, WORDS)]:
        answers = [method(form_of(waiting)), method(never)]
        assert {answer.status_code for answer in answers} == {404}
        assert answers[0].content == answers[1].content


def test_a_number_that_no_comment_has_is_not_found(db, client):
    assert client.get(f"/comments/{'9' * 40}/report/").status_code == 404
    assert client.post(f"/comments/{'9' * 40}/report/", WORDS).status_code == 404


def test_who_fell_for_the_decoy_is_thanked_and_read_by_none(db, client):
    answer = send(client, make_shown_comment(), subject="https://spam.example/")
    assert (answer.status_code, answer.headers["Location"]) == (303, THANKS)
    assert not Report.objects.exists()


def test_only_the_reason_and_the_sentence_are_taken_from_the_form(db, client):
    comment, other = make_shown_comment(), make_shown_comment()
    send(
        client,
        comment,
        comment=other.pk,
        network="n",
        by="1",
        created_at="2020-01-01",
        open_reports="0",
    )
    report = Report.objects.get()
    assert (report.comment, report.by) == (comment, None)
    assert report.network != "n"
    assert report.created_at.year > 2020


def raw(client, comment, body, **environ):
    return client.generic(
        "POST",
        form_of(comment),
        body,
        **{"content_type": "application/x-www-form-urlencoded"} | environ,
    )


def test_more_than_64_kib_is_not_read(db, client):
    comment = make_shown_comment()
    words = urlencode(WORDS | {"sentence": "b" * 66_000})
    answer = raw(client, comment, words)
    assert answer.status_code == 413
    assert "too long" in text_of(answer)
    assert raw(client, comment, "a&" * 1_000_000).status_code == 413
    assert raw(client, comment, "a=1&" * 10_000).status_code == 400
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "body", [b"", b"\x00\xff\xfe", b"reason=%00&sentence=%ED%A0%80%FF"]
)
@pytest.mark.parametrize(
    "content_type",
    ["", "application/json", "application/x-www-form-urlencoded; charset=utf-16"],
)
def test_what_is_no_form_is_no_crash(db, client, body, content_type):
    answer = raw(client, make_shown_comment(), body, content_type=content_type)
    assert answer.status_code in {400, 422}
    assert not Report.objects.exists()


def test_a_report_is_sent_by_post_and_nothing_is_changed_by_get(db, client):
    comment = make_shown_comment()
    client.get(form_of(comment), WORDS)
    assert client.put(form_of(comment), WORDS).status_code == 405
    assert not Report.objects.exists()


def test_whatever_the_sender_says_of_the_encoding_it_is_ours(db, client):
    form = "application/x-www-form-urlencoded; charset=latin-1"
    body = urlencode(WORDS | {"sentence": "é"})
    answer = raw(client, make_shown_comment(), body, content_type=form)
    assert answer.status_code == 303
    assert Report.objects.get().sentence == "é"
