from urllib.parse import urlencode

import pytest
from django.urls import reverse

from articles.models import Article, CorrectionRequest
from articles.publishing.actions import correct
from comments.security.tokens import request_address
from tests.comments.views.sending import PRIVATE, PUBLIC, moderator_client, text_of
from tests.factories import (
    make_article,
    make_correction,
    make_request,
    make_visible_article,
)

WORDS = {"text": "It says <5.1>.\nIt is 6.4."}


def form_of(article):
    return reverse("comments:report_error", args=[article.slug])


def send(client, article, /, *, headers=None, **changes):
    return client.post(form_of(article), WORDS | changes, headers=headers)


def assert_words_are_back(answer):
    assert WORDS["text"] in text_of(answer)
    assert "<5.1>" not in answer.content.decode()
    assert answer.headers["Cache-Control"] == PRIVATE


def test_the_article_leads_to_the_form(db, client):
    article = make_visible_article()
    page = client.get(article.get_absolute_url()).content.decode()
    assert f'<a href="{form_of(article)}" rel="nofollow">Report an error' in page


def test_the_form_is_the_same_for_all_and_one_query(
    db, client, django_assert_num_queries
):
    article = make_visible_article(title="The <meadow>")
    for _ in range(3):
        make_request(article=article)
    with django_assert_num_queries(2):
        answer = client.get(form_of(article))
    page = answer.content.decode()
    assert "The &lt;meadow&gt;" in page
    assert answer.headers["Cache-Control"] == PUBLIC
    assert "csrf" not in page
    assert not answer.cookies


def test_a_request_is_taken_and_its_sender_led_to_its_page(db, client):
    article = make_visible_article()
    answer = send(client, article)
    request = CorrectionRequest.objects.get()
    assert answer.status_code == 303
    assert answer.headers["Location"] == request_address(request)
    assert (request.article, request.text) == (article, WORDS["text"])
    assert len(request.network) == 64
    assert "127.0.0" not in str(CorrectionRequest.objects.values().get())
    page = client.get(answer.headers["Location"])
    assert "The editors have received your report" in text_of(page)
    assert "It says &lt;5.1&gt;.<br>It is 6.4." in page.content.decode()
    assert article.get_absolute_url() in text_of(page)


def test_sent_twice_it_is_one_and_leads_to_the_same_page(db, client):
    article = make_visible_article()
    answers = [send(client, article), send(client, article)]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert CorrectionRequest.objects.count() == 1


def test_the_page_of_a_request_is_kept_by_nobody_and_told_to_nobody(db, client):
    address = request_address(make_request())
    answer = client.get(address)
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == PRIVATE
    assert not answer.cookies
    assert client.post(address).status_code == 405
    assert client.get("/corrections/mine/1:forged/").status_code == 404


def test_its_sender_reads_the_correction_that_answers_it(db, client):
    request = make_request()
    correct(request.article, kind="correction", text="It is <6.4>.", answers=[request])
    page = client.get(request_address(request)).content.decode()
    assert "The article was corrected" in page
    assert "It is &lt;6.4&gt;." in page
    assert f"#correction-{request.article.corrections.get().pk}" in page


@pytest.mark.parametrize("reply", ["", "It was <right>."])
def test_its_sender_reads_what_the_editors_say_without_a_correction(db, client, reply):
    request = make_request()
    request.close(reply=reply)
    page = client.get(request_address(request)).content.decode()
    assert "The editors have reviewed your report" in page
    assert ("This is their answer" in page) is bool(reply)
    assert ("It was &lt;right&gt;." in page) is bool(reply)


def test_the_page_of_a_request_tells_nothing_of_an_article_that_is_not_public(
    db, client
):
    request = make_request(article=make_visible_article(title="Hush"))
    address = request_address(request)
    assert "Hush" in text_of(client.get(address))
    correct(request.article, kind="update", text="Wrapped words.", answers=[request])
    request.article.withdraw()
    request.article.rename("another-address")
    page = text_of(client.get(address))
    assert "The article was corrected" in page
    assert request.text in page
    for word in ["Hush", "Wrapped", "another-address"]:
        assert word not in page


def test_queries_of_the_page_of_a_request(db, client, django_assert_num_queries):
    request = make_request()
    with django_assert_num_queries(1):
        client.get(request_address(request))
    request.answer_with(make_correction(article=request.article))
    with django_assert_num_queries(1):
        client.get(request_address(request))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Write what is wrong."),
        (" \n ", "Write what is wrong."),
        ("\u200b\u2060", "only invisible characters"),
        ("é" * 2001, "has 2,001 characters; the limit is 2,000"),
    ],
)
def test_what_cannot_be_taken_comes_back(db, client, text, words):
    answer = send(client, make_visible_article(), text=text)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert '<a href="#id_text">' in answer.content.decode()
    assert text.strip() in text_of(answer)
    assert not CorrectionRequest.objects.exists()


def test_two_thousand_characters_of_the_longest_kind_fit(db, client):
    assert send(client, make_visible_article(), text="𐍈" * 2000).status_code == 303


def test_of_what_cannot_be_seen_by_the_public_nothing_can_be_said(db, client):
    vanished = make_visible_article(title="Gone for good")
    vanished.withdraw(kind=Article.Withdrawal.VANISHED, notice="Secret")
    for article in [make_article(), vanished, Article(slug="never-there")]:
        assert client.get(form_of(article)).status_code == 404
        answer = send(client, article)
        assert answer.status_code == 404
        assert_words_are_back(answer)
        assert "Secret" not in text_of(answer)
    assert not CorrectionRequest.objects.exists()


def test_when_the_article_was_withdrawn_meanwhile_the_words_come_back(db, client):
    article = make_visible_article()
    article.withdraw(reason="Inside only", notice="It was wrong.")
    assert client.get(form_of(article)).status_code == 410
    answer = send(client, article)
    assert answer.status_code == 410
    assert_words_are_back(answer)
    assert "It was wrong." in text_of(answer)
    assert "Inside only" not in text_of(answer)


def test_an_old_address_leads_to_the_form_and_takes_what_is_sent(db, client):
    article = make_visible_article()
    old = form_of(article)
    article.rename("a-better-name")
    answer = client.get(old)
    assert answer.status_code == 301
    assert answer.headers["Location"] == form_of(article)
    assert client.post(old, WORDS).status_code == 303
    assert CorrectionRequest.objects.get().article == article


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_another_site_cannot_send_one(db, client, headers, status):
    answer = send(client, make_visible_article(), headers=headers)
    assert answer.status_code == status
    assert CorrectionRequest.objects.count() == (status == 303)
    if status == 403:
        assert_words_are_back(answer)


def test_whoever_is_signed_in_needs_the_token_and_gets_it_with_their_words(db):
    client = moderator_client(enforce_csrf_checks=True)
    article = make_visible_article()
    answer = send(client, article)
    assert answer.status_code == 403
    assert_words_are_back(answer)
    token = client.cookies["csrftoken"].value
    assert send(client, article, csrfmiddlewaretoken=token).status_code == 303


def test_the_sixth_of_an_hour_comes_back_with_the_time_to_wait(db, client):
    article = make_visible_article()
    for number in range(5):
        assert send(client, article, text=f"No. {number}").status_code == 303
    answer = send(client, article)
    assert answer.status_code == 429
    assert 3500 < int(answer.headers["Retry-After"]) <= 3600
    assert_words_are_back(answer)
    assert CorrectionRequest.objects.count() == 5


def test_who_fell_for_the_decoy_is_thanked_and_read_by_none(db, client):
    answer = send(client, make_visible_article(), subject="https://spam.example/")
    assert answer.headers["Location"] == "/comments/reported/"
    assert not CorrectionRequest.objects.exists()


def test_only_the_text_is_taken_from_the_form(db, client):
    article, other = make_visible_article(), make_correction()
    send(
        client,
        article,
        article=other.article.pk,
        answer=other.pk,
        closed_at="2020-01-01",
        reply="x",
        network="n",
    )
    request = CorrectionRequest.objects.get()
    assert request.article == article
    assert request.is_open
    assert request.reply == ""
    assert request.network != "n"


def raw(client, article, body, **environ):
    return client.generic(
        "POST",
        form_of(article),
        body,
        **{"content_type": "application/x-www-form-urlencoded"} | environ,
    )


def test_more_than_64_kib_is_not_read(db, client):
    article = make_visible_article()
    answer = raw(client, article, urlencode({"text": "b" * 66_000}))
    assert answer.status_code == 413
    assert "too long" in text_of(answer)
    assert raw(client, article, "a=1&" * 10_000).status_code == 400


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"text=%00%ED%A0%80%FF"])
def test_what_is_no_form_is_no_crash(db, client, body):
    for content_type in ["", "application/x-www-form-urlencoded; charset=utf-16"]:
        answer = raw(client, make_visible_article(), body, content_type=content_type)
        assert answer.status_code in {400, 422, 303}


def test_whatever_the_sender_says_of_the_encoding_it_is_ours(db, client):
    form = "application/x-www-form-urlencoded; charset=latin-1"
    body = urlencode({"text": "é"})
    answer = raw(client, make_visible_article(), body, content_type=form)
    assert answer.status_code == 303
    assert CorrectionRequest.objects.get().text == "é"
