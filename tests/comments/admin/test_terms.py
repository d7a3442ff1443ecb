"""The word lists: a word is added after its backtest was shown."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from comments.models import Signal, Term
from comments.screening import load_posted
from tests.comments.admin.desk import said
from tests.comments.admin.test_roles import ROLES, sign_in
from tests.factories import make_comment, make_user, make_visible_article

LIST = "/admin/comments/term/"
ADD = f"{LIST}add/"
ATTACK = "<script>alert(1)</script> casino"


@pytest.fixture
def decided(moderator):
    """Three comments with the word, two of them approved by moderators, and one without it."""
    article = make_visible_article(title="<i>Bets</i>")
    for number, step in enumerate(["approve", "approve", "reject"]):
        comment = make_comment(
            article=article, name="<b>Inés</b>", body=f"The <i>c4sino</i> {number}."
        )
        getattr(comment, step)(by=moderator)
    make_comment(article=article, body="Thanks.").approve(by=moderator)
    return article


def make_term(text="casino", kind="suspect", by_name="Bo Lind"):
    return Term.objects.put_on_the_list([text], kind=kind, by_name=by_name)[0]


def form_of(term):
    return reverse("admin:comments_term_change", args=[term.pk])


def shown_trial(client, address, **data):
    """The page after the first press, and the data of the second."""
    page = client.post(address, data)
    assert page.status_code == 200
    return page, data | {"tried": page.context["form"].mark, "_store": "yes"}


def test_the_first_press_shows_what_it_would_have_done_and_stores_nothing(
    client, decided
):
    page = client.post(ADD, {"texts": "casino", "kind": "suspect"})
    assertContains(
        page,
        "It would have held 3 of the last 4 decided comments. Moderators approved 2 of them.",
    )
    assertContains(page, "Add the word")
    assertContains(page, "<mark>c4sino</mark>", count=3)
    for hit in page.context["hits"]["shown"]:
        assertContains(
            page, reverse("admin:comments_comment_change", args=[hit.comment.pk])
        )
    assert not Term.objects.exists()
    assert not LogEntry.objects.exists()


def test_the_second_press_stores_what_was_shown(client, moderator, decided):
    _, second = shown_trial(client, ADD, texts="Casino", kind="banned")
    answer = client.post(ADD, second)
    assert answer.status_code == 302
    assert said(answer) == ["This word is banned from now on: “Casino”."]
    term = Term.objects.get()
    assert (term.text, term.kind, term.by_name) == ("Casino", "banned", "Ana Sousa")
    assert LogEntry.objects.get().object_id == str(term.pk)


def test_a_word_that_was_added_is_found_by_the_screening(client, moderator):
    _, second = shown_trial(client, ADD, texts="casino", kind="banned")
    client.post(ADD, second)
    assert load_posted(make_comment(body="C4sino!")).banned == ("caslno",)


def test_the_second_press_stores_nothing_that_was_not_shown(client, decided):
    _, second = shown_trial(client, ADD, texts="casino", kind="suspect")
    for changed in [{"texts": "thanks"}, {"kind": "banned"}, {"tried": "x"}]:
        page = client.post(ADD, second | changed)
        assert page.status_code == 200
        assert page.context["trial"]
    assert not Term.objects.exists()


def test_nobody_adds_without_having_seen(client, moderator):
    page = client.post(ADD, {"texts": "casino", "kind": "banned", "_store": "yes"})
    assertContains(page, "nothing to try it on")
    assert not Term.objects.exists()


def test_several_words_are_pasted_at_once(client, decided):
    texts = "casino\r\n\r\n  thanks  \r\nfree   money"
    page, second = shown_trial(client, ADD, texts=texts, kind="suspect")
    assertContains(page, "Add the 3 words")
    assert page.context["each"] == [
        ("casino", 3, 2),
        ("thanks", 1, 1),
        ("free money", 0, 0),
    ]
    answer = client.post(ADD, second)
    assert "“casino”, “thanks” and “free money”" in said(answer)[0]
    assert {term.text for term in Term.objects.all()} == {
        "casino",
        "thanks",
        "free money",
    }


def test_words_that_do_not_stand_together_are_no_phrase(client, moderator):
    make_comment(body="free beer and money").approve(by=moderator)
    make_comment(body="free money").approve(by=moderator)
    page, _ = shown_trial(client, ADD, texts="free money\nbeer", kind="suspect")
    assert page.context["each"] == [("free money", 1, 1), ("beer", 1, 1)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("!?", "This has no words"),
        ("\u200b\u00ad?", "This has no words"),
        ("a", "single letter or digit"),
        ("one two three four five six", "at most 5 words"),
        ("w" * 101, "longer than 100 characters"),
        ("\ufdfa" * 100, "longer than 100 characters"),
        ("thanks", "the same as line 1"),
        ("Th4nks", "the same as line 1"),
        ("C4SINO", "“casino”, which is the same"),
    ],
)
def test_each_bad_line_is_named_with_its_reason_and_nothing_is_lost(
    client, moderator, line, reason
):
    make_term("casino")
    texts = f"thanks\r\n{line}\r\nlast"
    page = client.post(ADD, {"texts": texts, "kind": "suspect"})
    assert page.status_code == 422
    problems = page.context["form"].errors["texts"]
    assert len(problems) == 1
    assert problems[0].startswith("Line 2, “")
    assert reason in problems[0]
    assert page.context["form"]["texts"].value() == texts
    assert Term.objects.count() == 1


def test_it_says_which_equal_word_there_is_and_who_added_it(client, moderator):
    make_term("casino", kind="banned")
    page = client.post(ADD, {"texts": "CASINO", "kind": "suspect"})
    assertContains(page, "banned, added by Bo Lind", status_code=422)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"texts": "", "kind": "suspect"},
        {"texts": " \n ", "kind": "suspect"},
        {"texts": "casino"},
        {"texts": "casino", "kind": "other"},
        {"texts": "casino\x00", "kind": "suspect", "tried": "ü"},
        {"texts": "\n".join(f"word{n}" for n in range(201)), "kind": "suspect"},
        {"texts": "x y " * 9000, "kind": "suspect"},
        {"texts": "a\n" * 150, "kind": "suspect"},
    ],
)
def test_what_cannot_be_added_comes_back(client, moderator, data):
    page = client.post(ADD, data | {"_store": "yes"})
    assert page.status_code in (200, 422)
    assert not Term.objects.exists()


def test_a_word_that_another_added_meanwhile_is_named(client, decided):
    _, second = shown_trial(client, ADD, texts="casino\nthanks", kind="suspect")
    make_term("Casino", kind="banned")
    page = client.post(ADD, second)
    assertContains(page, "banned, added by Bo Lind", status_code=422)
    assert page.context["form"]["texts"].value() == "casino\nthanks"
    assert Term.objects.count() == 1


def test_a_kind_is_changed_by_the_second_press(client, moderator, decided):
    term = make_term()
    page, second = shown_trial(client, form_of(term), kind="banned", seen="suspect")
    assertContains(
        page, "It would have marked 3 of the last 4 decided comments as spam"
    )
    term.refresh_from_db()
    assert term.kind == "suspect"
    answer = client.post(form_of(term), second)
    assert said(answer) == ["“casino” is now banned."]
    term.refresh_from_db()
    assert (term.kind, term.by_name) == ("banned", "Bo Lind")
    assert LogEntry.objects.get().change_message == "Now banned."


def test_a_kind_that_another_changed_meanwhile_is_not_changed_back(client, decided):
    term = make_term()
    _, second = shown_trial(client, form_of(term), kind="banned", seen="suspect")
    Term.objects.update(kind="banned")
    page = client.post(form_of(term), second)
    assert page.status_code == 422
    assertContains(page, "The word is already banned", status_code=422)
    Term.objects.update(kind="suspect")
    page = client.post(form_of(term), second | {"seen": "banned"})
    assertContains(page, "Another moderator has moved", status_code=409)
    assertContains(page, "It would have marked", status_code=409)
    assert Term.objects.get().kind == "suspect"


def test_a_kind_is_not_changed_unseen(client, decided):
    term = make_term()
    page = client.post(
        form_of(term), {"kind": "banned", "seen": "suspect", "_store": "yes"}
    )
    assert page.context["trial"]
    assert Term.objects.get().kind == "suspect"


def test_a_word_that_is_gone_is_said_to_be(client, moderator):
    term = make_term()
    address = form_of(term)
    term.delete()
    answer = client.post(address, {"kind": "banned", "seen": "suspect"})
    assert answer.status_code == 302
    assert "doesn’t exist" in said(answer)[0]
    assert client.get(f"{LIST}x/change/").status_code == 302


def test_a_word_is_deleted_after_a_question(client, moderator):
    term = make_term()
    address = reverse("admin:comments_term_delete", args=[term.pk])
    assertContains(client.get(form_of(term)), address)
    assertContains(client.get(address), "Are you sure")
    assert Term.objects.exists()
    client.post(address, {"post": "yes"})
    assert not Term.objects.exists()


def test_the_list_says_how_often_a_word_was_found(client, moderator, decided):
    make_term("casino", kind="banned", by_name="<b>Bo</b>")
    make_term("never")
    for comment in decided.comments.filter(body__contains="c4sino"):
        Signal.objects.create(
            comment=comment, text_revision=1, rule="banned_terms", words="c4sino"
        )
    page = client.get(LIST)
    assertContains(page, "in 3 comments, 2 approved")
    assertContains(page, "&lt;b&gt;Bo")
    assertContains(client.get(f"{LIST}?q=C4SINO"), "casino")
    assertNotContains(client.get(f"{LIST}?kind__exact=suspect"), "in 3 comments")
    nothing = client.get(f"{LIST}?q=nothing")
    assertContains(nothing, "No words here.")
    assertContains(nothing, "that the screening should find.")


def test_the_list_of_comments_leads_here_and_to_the_rules(client, moderator):
    page = client.get("/admin/comments/comment/")
    assertContains(page, f'href="{LIST}"')
    assertContains(page, 'href="/admin/comments/rulesetting/"')
    assertContains(client.get(LIST), 'href="/admin/comments/rulesetting/"')
    assertContains(client.get(LIST), f'href="{ADD}"')


def test_nothing_that_people_wrote_is_run(client, moderator, decided):
    page, second = shown_trial(client, ADD, texts=f"{ATTACK}\nthanks", kind="suspect")
    assertContains(page, "&lt;script&gt;alert(1)")
    assertContains(
        client.post(ADD, {"texts": "<b>x</b>\n<b>x"}), "&lt;b&gt;x", status_code=422
    )
    client.post(ADD, second)
    term = Term.objects.get(text=ATTACK)
    pages = [
        page,
        client.post(ADD, {"texts": "casino", "kind": "suspect"}),
        client.get(LIST),
        client.get(form_of(term)),
        client.get(reverse("admin:comments_term_delete", args=[term.pk])),
    ]
    for one in pages:
        for tag in ["<script>alert", "<b>", "<i>c4", "<i>Bets"]:
            assertNotContains(one, tag)


MAY_SEE = [302, 302, 403, 403, 403, 200, 200]


@pytest.mark.parametrize(
    ("address", "data", "statuses"),
    [
        ("list", None, MAY_SEE),
        ("add", None, MAY_SEE),
        ("add", {"texts": "thanks", "kind": "banned"}, MAY_SEE),
        ("change", None, MAY_SEE),
        ("change", {"kind": "banned", "seen": "suspect"}, MAY_SEE),
        ("delete", None, MAY_SEE),
        ("delete", {"post": "yes"}, [302, 302, 403, 403, 403, 302, 302]),
        ("history", None, MAY_SEE),
    ],
)
@pytest.mark.parametrize("role", ROLES)
def test_the_word_lists_answer_each_role_as_it_may(
    client, db, role, address, data, statuses
):
    term = make_term()
    keys = [] if address in {"list", "add"} else [term.pk]
    name = "changelist" if address == "list" else address
    sign_in(client, role)
    url = reverse(f"admin:comments_term_{name}", args=keys)
    answer = client.get(url) if data is None else client.post(url, data)
    assert answer.status_code == statuses[ROLES.index(role)]
    is_deleted = address == "delete" and data and role in {"Moderators", "superuser"}
    assert Term.objects.exists() is not bool(is_deleted)


@pytest.mark.parametrize(
    ("rights", "list_status", "add_status", "change_status"),
    [
        (["moderate_comment"], 200, 403, 403),
        (["view_term"], 200, 403, 403),
        (["add_term", "change_term", "delete_term"], 403, 403, 403),
        (["moderate_comment", "add_term"], 200, 200, 403),
        (["moderate_comment", "change_term"], 200, 403, 200),
    ],
)
def test_to_change_a_list_takes_its_right_and_that_of_a_moderator(
    client, db, rights, list_status, add_status, change_status
):
    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(user)
    term = make_term()
    assert client.get(LIST).status_code == list_status
    assert (
        client.post(ADD, {"texts": "x y", "kind": "banned"}).status_code == add_status
    )
    data = {"kind": "banned", "seen": "suspect"}
    assert client.post(form_of(term), data).status_code == change_status
    if list_status == 200 != change_status:
        assertNotContains(client.get(form_of(term)), 'name="kind"')


def test_only_from_our_own_pages(db, moderator):
    client = Client(enforce_csrf_checks=True)
    client.force_login(moderator)
    data = {"texts": "casino", "kind": "banned"}
    assert client.post(ADD, data).status_code == 403
    assert client.post(form_of(make_term()), {"kind": "banned"}).status_code == 403


def test_the_list_costs_the_same_for_one_word_and_many(
    client, moderator, decided, django_assert_num_queries
):
    make_term("first")
    client.get(LIST)
    # Session, user, two for permissions, one for the sidebar; counted, listed, judged, signals.
    with django_assert_num_queries(9):
        client.get(LIST)
    for number in range(20):
        make_term(f"word{number}")
    with django_assert_num_queries(9):
        client.get(LIST)


def test_a_trial_costs_the_same_for_one_word_and_many(
    client, moderator, decided, django_assert_num_queries
):
    # Session, user, two for permissions, one for the sidebar; the existing terms, the comments, the setting.
    with django_assert_num_queries(8):
        client.post(ADD, {"texts": "casino", "kind": "suspect"})
    texts = "\n".join(["thanks", "casino", *(f"word{n}" for n in range(50))])
    with django_assert_num_queries(8):
        client.post(ADD, {"texts": texts, "kind": "suspect"})
