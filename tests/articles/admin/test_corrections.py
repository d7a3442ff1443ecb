"""Correction requests by readers, answered at the desk."""

from threading import Barrier, Thread

import pytest
from django.contrib.auth.models import Permission
from django.db import connections
from django.test import Client
from django.urls import reverse

from articles.models import Article, Correction, CorrectionRequest
from tests.articles.admin.desk import act, form_of, said, step_of, typed
from tests.factories import (
    make_article,
    make_correction,
    make_request,
    make_user,
    make_visible_article,
)

LIST = reverse("admin:articles_correctionrequest_changelist")
CORRECTIONS = reverse("admin:articles_correction_changelist")
ATTACK = '"><script>alert(1)</script><b>'


def request_form(asked, filters=""):
    address = reverse("admin:articles_correctionrequest_change", args=[asked.pk])
    return f"{address}?_changelist_filters={filters}" if filters else address


def rows(client, query=""):
    page = client.get(LIST + query)
    assert page.status_code == 200
    return list(page.context["cl"].result_list)


def correcting(article, *, ticked=()):
    return {
        "kind": "correction",
        "text": "An earlier version said 5.1. It is 6.4.",
        "answers": [asked.pk for asked in ticked],
    }


# The list


def test_the_list_opens_with_what_is_open_longest(desk):
    first, second = make_request(), make_request()
    answered, closed = make_request(), make_request()
    answered.answer_with(make_correction(article=answered.article))
    closed.close()
    assert rows(desk) == [first, second]
    assert rows(desk, "?state=answered") == [answered]
    assert rows(desk, "?state=closed") == [closed]
    assert rows(desk, "?state=all") == [closed, answered, second, first]
    assert rows(desk, "?state=nonsense") == [first, second]
    assert rows(desk, f"?q=line&article__id__exact={closed.article.pk}") == [closed]


def test_a_row_names_the_article_by_its_own_address(desk):
    asked = make_request()
    assert f'<a href="{asked.article.get_absolute_url()}"' in desk.get(LIST).text
    asked.article.withdraw()
    page = desk.get(LIST).text
    assert asked.article.get_absolute_url() not in page
    assert form_of(asked.article) in page


@pytest.mark.parametrize("many", [1, 12])
@pytest.mark.parametrize("query", ["", "?state=all", "?q=line"])
def test_the_list_takes_the_same_queries_for_one_and_for_many(
    desk, django_assert_num_queries, many, query
):
    for _ in range(many):
        make_request()
        asked = make_request()
        asked.answer_with(make_correction(article=asked.article))
    # session, user, two of permissions, two for the sidebar; how many (up to a limit), and the rows
    with django_assert_num_queries(8):
        desk.get(LIST + query)


@pytest.mark.parametrize("many", [1, 12])
def test_the_corrections_take_the_same_queries_for_one_and_for_many(
    desk, django_assert_num_queries, many
):
    for _ in range(many):
        make_correction()
    with django_assert_num_queries(8):
        desk.get(CORRECTIONS)


@pytest.mark.parametrize("many", [1, 12])
def test_the_form_takes_the_same_queries_alone_and_among_many(
    desk, django_assert_num_queries, many
):
    for _ in range(many):
        make_request()
    asked = make_request()
    desk.get(request_form(asked))
    # session, user, two of permissions, two for the sidebar; the request, and six for its neighbours
    with django_assert_num_queries(13):
        desk.get(request_form(asked))


# The form


def test_the_form_shows_the_request_its_article_and_its_neighbours(desk):
    before, asked, after = make_request(), make_request(), make_request()
    page = desk.get(request_form(asked)).text
    assert asked.text in page
    assert f'<a href="{asked.article.get_absolute_url()}"' in page
    assert form_of(asked.article) in page
    assert request_form(before) in page
    assert request_form(after) in page
    assert "2 of 3" in page
    correct = f"{step_of(asked.article, 'correct')}?answers={asked.pk}"
    assert f'href="{correct}"' in page


def test_closing_without_a_correction_keeps_the_answer_and_goes_to_the_next(
    desk, editor
):
    asked, following = make_request(), make_request()
    answer = desk.post(request_form(asked), {"reply": "It was right."})
    asked.refresh_from_db()
    assert answer.url.startswith(request_form(following))
    assert "closed without a correction" in said(answer)
    assert (asked.state, asked.reply, asked.closed_by_name) == (
        "closed",
        "It was right.",
        "Edda Torres",
    )
    page = desk.get(request_form(asked)).text
    assert "It was right." in page
    assert "Close without a correction" not in page


def test_the_answer_may_be_empty(desk):
    asked = make_request()
    assert desk.post(request_form(asked), {"reply": ""}).status_code == 302
    asked.refresh_from_db()
    assert asked.state == "closed"


def test_who_closes_what_another_has_closed_is_told_and_keeps_every_word(desk):
    asked = make_request()
    asked.close(by=make_user(first_name="Bo"), reply="Bo’s words.")
    page = desk.post(request_form(asked), {"reply": "My <words>."})
    assert page.status_code == 409
    assert "Bo closed this request on" in page.text
    assert "My &lt;words&gt;." in page.text
    asked.refresh_from_db()
    assert asked.reply == "Bo’s words."


def test_a_reply_that_is_too_long_comes_back(desk):
    asked = make_request()
    page = desk.post(request_form(asked), {"reply": "x" * 2001})
    assert page.status_code == 422
    assert "x" * 2001 in page.text
    asked.refresh_from_db()
    assert asked.is_open


def test_a_request_about_what_readers_cannot_see_can_only_be_closed(desk):
    asked = make_request()
    asked.article.withdraw()
    page = desk.get(request_form(asked)).text
    assert step_of(asked.article, "correct") not in page
    assert "Close without a correction" in page


# Publishing a correction


def test_the_form_of_the_article_says_how_many_requests_are_open(desk):
    article = make_visible_article()
    assert "open correction request" not in desk.get(form_of(article)).text
    for _ in range(2):
        make_request(article=article)
    make_request(article=article).close()
    make_request()
    page = desk.get(form_of(article)).text
    assert "2 open correction requests from readers</a>" in page
    query = f"?state=open&article__id__exact={article.pk}"
    assert LIST + query.replace("&", "&amp;") in page
    assert len(rows(desk, query)) == 2


def test_the_step_saves_the_form_and_asks_what_readers_are_told(desk):
    article = make_visible_article()
    response = desk.post(
        form_of(article), typed(article, body="<p>6.4</p>", _step="correct")
    )
    assert response.url == step_of(article, "correct")
    assert article.working_content()["body"] == "<p>6.4</p>"
    page = desk.get(response.url).text
    assert 'name="text"' in page
    assert 'name="answers"' not in page
    assert not Correction.objects.exists()


def test_a_correction_answers_the_requests_that_were_ticked(desk, editor):
    article = make_visible_article()
    ticked, other = make_request(article=article), make_request(article=article)
    make_request(text="Of another article")
    page = desk.get(f"{step_of(article, 'correct')}?answers={ticked.pk}").text
    assert ticked.text in page
    assert other.text in page
    assert "Of another article" not in page
    assert page.count(" checked") == 2  # the kind, and the request of the link
    answer = desk.post(
        step_of(article, "correct"), correcting(article, ticked=[ticked])
    )
    assert answer.url == form_of(article)
    assert "is published." in said(answer)
    correction = article.corrections.get()
    assert (correction.by, correction.by_name) == (editor, "Edda Torres")
    assert correction.text.endswith("It is 6.4.")
    ticked.refresh_from_db()
    other.refresh_from_db()
    assert ticked.answer == correction
    assert other.is_open
    assert "It is 6.4." in desk.get(form_of(article)).text


@pytest.mark.parametrize("change", [{"text": " "}, {"kind": "lie"}, {"kind": ""}])
def test_a_mistake_publishes_nothing_and_keeps_the_words(desk, change):
    article = make_visible_article()
    page = desk.post(
        step_of(article, "correct"), correcting(article) | {"text": "Words."} | change
    )
    assert page.status_code == 200
    assert "Nothing was changed yet" in page.text
    assert change.get("text", "Words.").strip() in page.text
    assert not Correction.objects.exists()


@pytest.mark.parametrize("others", [0, 1])
def test_a_request_closed_meanwhile_publishes_nothing_and_keeps_the_words(desk, others):
    article = make_visible_article()
    asked = make_request(article=article)
    for _ in range(others):
        make_request(article=article)
    asked.close()
    page = desk.post(step_of(article, "correct"), correcting(article, ticked=[asked]))
    assert "Someone has answered or closed a request" in page.text
    assert "An earlier version said 5.1." in page.text
    assert not Correction.objects.exists()


def test_a_request_closed_at_the_last_moment_publishes_nothing_and_keeps_the_words(
    desk, monkeypatch
):
    article, bo = make_visible_article(), make_user(first_name="Bo")
    asked = make_request(article=article)
    answer_with = CorrectionRequest.answer_with

    def after_the_other(self, correction):
        CorrectionRequest.objects.get(pk=self.pk).close(by=bo)
        answer_with(self, correction)

    monkeypatch.setattr(CorrectionRequest, "answer_with", after_the_other)
    page = desk.post(step_of(article, "correct"), correcting(article, ticked=[asked]))
    assert "Bo closed this request on" in page.text
    assert "An earlier version said 5.1." in page.text
    assert not Correction.objects.exists()


def test_requests_of_other_articles_cannot_be_answered_from_here(desk):
    article, other = make_visible_article(), make_request()
    make_request(article=article)
    desk.post(step_of(article, "correct"), correcting(article, ticked=[other]))
    other.refresh_from_db()
    assert other.is_open
    assert not Correction.objects.exists()


@pytest.mark.parametrize("answers", ["x", "9" * 40, "-1", "%00"])
def test_a_tick_that_is_no_request_is_no_crash(desk, answers):
    article = make_visible_article()
    make_request(article=article)
    address = step_of(article, "correct")
    assert desk.get(f"{address}?answers={answers}").status_code == 200
    page = desk.post(address, correcting(article) | {"answers": [answers]})
    assert page.status_code == 200
    assert not Correction.objects.exists()


def test_only_what_readers_can_see_is_corrected_at_the_desk(desk):
    draft, withdrawn = make_article(), make_visible_article()
    withdrawn.withdraw()
    for article in [draft, withdrawn]:
        answer = desk.post(step_of(article, "correct"), correcting(article))
        assert "is not possible" in said(answer)
    assert not Correction.objects.exists()


def test_many_articles_are_not_corrected_at_once(desk):
    article = make_visible_article()
    assert (
        "correct_articles"
        not in desk.get(reverse("admin:articles_article_changelist")).text
    )
    act(desk, "correct", article, _confirmed="1", **correcting(article))
    assert not Correction.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_editors_at_the_same_instant_one_answers():
    article = make_visible_article()
    asked = make_request(article=article)
    sends = [
        (step_of(article, "correct"), correcting(article, ticked=[asked])),
        (request_form(asked), {"reply": "It was right."}),
    ]
    ready, answers = Barrier(len(sends)), []

    def send(client, address, data):
        try:
            ready.wait(timeout=20)
            answers.append(client.post(address, data))
        finally:
            connections.close_all()

    threads = []
    for address, data in sends:
        client = Client()
        client.force_login(make_user(role="Editors"))
        threads.append(Thread(target=send, args=(client, address, data)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(answer.status_code for answer in answers)[0] in {200, 302}
    asked.refresh_from_db()
    assert asked.state in {"answered", "closed"}
    assert Correction.objects.count() == (asked.state == "answered")
    assert (asked.reply == "") is (asked.state == "answered")
    [lost] = [answer for answer in answers if answer.status_code != 302]
    words = "It was right." if asked.state == "answered" else "An earlier version"
    assert words in lost.text


# Permissions


ROLES = ["nobody", "reader", "Writers", "Moderators", "Editors", "superuser"]
# The signed-out and accounts that are no staff are sent to the login page.
MAY_SEE = dict(zip(ROLES, [302, 302, 403, 403, 200, 200], strict=True))


def sign_in(client, role):
    if role in {"Writers", "Moderators", "Editors"}:
        client.force_login(make_user(role=role))
    elif role != "nobody":
        is_staff = role == "superuser"
        client.force_login(make_user(is_staff=is_staff, is_superuser=is_staff))


@pytest.mark.parametrize("role", ROLES)
def test_only_editors_see_what_readers_say_is_wrong(db, client, role):
    asked, correction = make_request(), make_correction()
    sign_in(client, role)
    for address in [
        LIST,
        request_form(asked),
        CORRECTIONS,
        reverse("admin:articles_correction_change", args=[correction.pk]),
        reverse("admin:articles_correctionrequest_history", args=[asked.pk]),
    ]:
        assert client.get(address).status_code == MAY_SEE[role]


def test_to_see_them_takes_the_permission_to_publish_besides(db, client):
    asked, correction = make_request(), make_correction()
    user = make_user(role="Writers")
    for name in ["view_correctionrequest", "view_correction"]:
        user.user_permissions.add(Permission.objects.get(codename=name))
    client.force_login(user)
    for address in [
        LIST,
        request_form(asked),
        CORRECTIONS,
        reverse("admin:articles_correction_change", args=[correction.pk]),
    ]:
        assert client.get(address).status_code == 403


@pytest.mark.parametrize("role", ROLES)
def test_only_editors_close_requests_and_publish_corrections(db, client, role):
    asked = make_request()
    sign_in(client, role)
    client.post(step_of(asked.article, "correct"), correcting(asked.article))
    client.post(request_form(asked), {"reply": "x"})
    asked.refresh_from_db()
    may = role in {"Editors", "superuser"}
    assert asked.is_open is not may
    assert Correction.objects.exists() is may


@pytest.mark.parametrize("role", ["Writers", "Moderators"])
def test_nobody_else_is_told_of_requests_on_the_form(db, client, role):
    user = make_user(role=role)
    article = make_visible_article(created_by=user)
    make_request(article=article)
    make_correction(article=article)
    client.force_login(user)
    page = client.get(form_of(article)).text
    assert article.title in page
    assert "correction request" not in page
    assert step_of(article, "correct") not in page
    assert 'value="correct"' not in page


@pytest.mark.parametrize("role", ["Editors", "superuser"])
def test_what_was_said_and_corrected_is_never_made_up_changed_or_deleted(
    db, client, role
):
    asked, correction = make_request(), make_correction()
    sign_in(client, role)
    for name, key in [("correctionrequest", asked.pk), ("correction", correction.pk)]:
        assert client.get(reverse(f"admin:articles_{name}_add")).status_code == 403
        delete = reverse(f"admin:articles_{name}_delete", args=[key])
        assert client.post(delete, {"post": "yes"}).status_code == 403
    change = reverse("admin:articles_correction_change", args=[correction.pk])
    assert client.post(change, {"text": "x"}).status_code == 403
    client.post(request_form(asked), {"text": "x", "network": "x", "reply": ""})
    asked.refresh_from_db()
    assert (asked.text == "x", asked.network) == (False, "")


def test_where_a_request_came_from_is_shown_to_nobody_and_cannot_be_guessed(desk):
    asked = make_request(network="0123456789abcdef")
    assert "0123456789abcdef" not in desk.get(request_form(asked)).text
    assert "0123456789abcdef" not in desk.get(LIST).text
    assert desk.get(f"{LIST}?network__startswith=0").status_code == 400


# Attacks


def test_nothing_that_readers_or_editors_wrote_runs_at_the_desk(desk):
    article = make_visible_article(title=ATTACK)
    asked = make_request(article=article, text=ATTACK)
    make_correction(article=article, text=ATTACK, by_name=ATTACK)
    closed = make_request(article=article)
    CorrectionRequest.objects.filter(pk=closed.pk).update(
        reply=ATTACK, closed_by_name=ATTACK, closed_at=article.published_at
    )
    addresses = [
        LIST,
        LIST + "?state=all",
        request_form(asked),
        request_form(closed),
        CORRECTIONS,
        reverse("admin:articles_correction_change", args=[Correction.objects.get().pk]),
        step_of(article, "correct"),
        form_of(article),
    ]
    for address in addresses:
        page = desk.get(address).text
        assert "alert(1)" in page
        assert "<script>alert" not in page
    page = desk.post(step_of(article, "correct"), {"text": ATTACK, "kind": ATTACK})
    assert "<script>alert" not in page.text
    answer = desk.post(request_form(asked), {"reply": ATTACK}, follow=True)
    assert "<script>alert" not in answer.text


def test_nothing_that_was_written_of_an_article_runs_on_its_page(client, db):
    article = make_visible_article()
    make_correction(article=article, text=ATTACK)
    for address in [article.get_absolute_url(), "/corrections/"]:
        page = client.get(address).content.decode()
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page
    assert Article.objects.count() == 1
