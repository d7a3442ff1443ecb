from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from comments.models import Commenter, Mute, Note
from tests.comments.admin.desk import form_of, said
from tests.comments.admin.test_roles import MAY_DECIDE, ROLES, sign_in
from tests.factories import (
    DAY,
    make_comment,
    make_commenter,
    make_user,
    make_visible_article,
)

LIST, MUTE, MUTES = (
    f"/admin/comments/commenter/{end}" for end in ["", "mute/", "mutes/"]
)
ATTACK = "<img src=x onerror=alert(1)><script>alert(2)</script>"
MAY_SEE = [302, 302, 403, 403, 403, 200, 200]


@pytest.fixture
def inés(db):
    commenter = make_commenter(address="ines@example.org")
    make_comment(name="Inés", commenter=commenter, network="n" * 64)
    return commenter


def page_of(commenter):
    return reverse("admin:comments_commenter_change", args=[commenter.pk])


def in_days(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def mute(commenter, by, **how):
    how = {"until": timezone.now() + DAY, "reason": "Abuse"} | how
    return commenter.mute(by=by, **how)


# Permissions


@pytest.mark.parametrize(
    ("view", "data", "role", "status"),
    [
        pytest.param(view, data, role, status, id=f"{name}-{role}")
        for view, name, data, statuses in [
            ("list", "list", None, MAY_SEE),
            ("person", "person", None, MAY_SEE),
            ("mute", "mute", None, MAY_SEE),
            ("mutes", "mutes", None, MAY_SEE),
            ("person", "note", {"step": "note", "text": "Rude."}, MAY_DECIDE),
            (
                "person",
                "mute-person",
                {"step": "mute", "until": in_days(3), "reason": "Abuse"},
                MAY_DECIDE,
            ),
            (
                "mute",
                "mute-author",
                {"whom": "person", "days": 3, "reason": "Abuse"},
                MAY_DECIDE,
            ),
        ]
        for role, status in zip(ROLES, statuses, strict=True)
    ],
)
def test_people_are_for_moderators_only(client, inés, view, data, role, status):
    sign_in(client, role)
    comment = inés.comments.get()
    addresses = {
        "list": LIST,
        "person": page_of(inés),
        "mute": f"{MUTE}?comment={comment.pk}",
        "mutes": MUTES,
    }
    if data is None:
        answer = client.get(addresses[view])
    else:
        answer = client.post(addresses[view], {"comment": comment.pk, **data})
    assert answer.status_code == status
    done = Note.objects.exists() or Mute.objects.exists()
    assert done is (data is not None and role in {"Moderators", "superuser"})


@pytest.mark.parametrize("role", ROLES)
def test_only_moderators_end_a_mute(client, inés, role):
    muted = mute(inés, make_user(role="Moderators"))
    sign_in(client, role)
    client.post(MUTES, {"mute": muted.pk})
    ended = not Mute.objects.in_force().exists()
    assert ended is (role in {"Moderators", "superuser"})


@pytest.mark.parametrize("role", ["Moderators", "superuser"])
def test_people_are_neither_added_nor_deleted_here(client, inés, role):
    sign_in(client, role)
    for end in ["add/", f"{inés.pk}/delete/"]:
        assert client.get(f"{LIST}{end}").status_code == 403
        assert client.post(f"{LIST}{end}", {"post": "yes"}).status_code == 403
    assert client.get(f"{LIST}{inés.pk}/history/").status_code == 404
    assert Commenter.objects.filter(pk=inés.pk).exists()


def test_another_site_can_do_nothing_in_a_moderators_name(inés):
    client = Client(enforce_csrf_checks=True)
    sign_in(client, "Moderators")
    comment = inés.comments.get()
    for address, data in [
        (page_of(inés), {"step": "note", "text": "Rude."}),
        (page_of(inés), {"step": "mute", "until": in_days(3), "reason": "Abuse"}),
        (MUTE, {"comment": comment.pk, "whom": "person", "days": 3, "reason": "A"}),
        (MUTES, {"mute": 1}),
    ]:
        assert client.post(address, data).status_code == 403
    assert not Note.objects.exists()
    assert not Mute.objects.exists()


# The list


def test_the_list_says_who_writes_how_they_are_known_and_whether_they_are_muted(
    client, moderator, inés
):
    mute(inés, moderator)
    make_commenter()
    page = client.get(LIST)
    assertContains(page, "<bdi>Inés</bdi>")
    assertContains(page, "<bdi>ines@example.org</bdi>")
    assertContains(page, "their browser")
    assertContains(page, "for another 23\xa0hours")


def test_a_person_is_found_by_the_beginning_of_the_address(client, moderator, inés):
    make_commenter(address="bo@example.org")
    page = client.get(LIST, {"q": " INES@"})
    assertContains(page, "ines@example.org")
    assertNotContains(page, "bo@example.org")
    for odd in ["%", "_", "\0", "x" * 300, "'"]:
        assert client.get(LIST, {"q": odd}).status_code == 200


def test_nothing_is_guessed_by_a_filter(client, moderator, inés):
    address = f"{LIST}?mailbox__address__startswith=i"
    assert client.get(address).status_code == 400


def test_the_pages_cost_the_same_for_one_and_for_many(
    client, moderator, django_assert_max_num_queries
):
    article = make_visible_article()
    commenter = make_commenter(address="ines@example.org")
    costs = {}
    for number in [1, 15]:
        for _ in range(number):
            make_comment(article=article, commenter=commenter)
            commenter.notes.create(text="Rude.", by=moderator, by_name="Ana")
            mute(make_commenter(), moderator)
            mute(commenter, moderator)
        for address in [LIST, page_of(commenter), MUTES]:
            with django_assert_max_num_queries(20) as captured:
                assert client.get(address).status_code == 200
            costs.setdefault(address, []).append(len(captured))
    for address, (one, many) in costs.items():
        assert one == many, (address, one, many)


# The page of a person


def test_the_page_says_what_is_known(client, moderator, inés):
    make_comment(commenter=inés, body="Casino!").mark_spam(by=moderator)
    page = client.get(page_of(inés))
    assertContains(page, "Known by: a confirmed")
    assertContains(page, "Not trusted: a comment was rejected on")
    assertContains(page, "<div><dt>Spam</dt><dd>1</dd></div>", html=True)
    assertContains(page, "<div><dt>Waiting now</dt><dd>1</dd></div>", html=True)
    assertContains(page, form_of(inés.comments.latest("id")))
    assertContains(page, "No notes yet.")
    assertContains(page, "This person has never been muted.")


def test_a_person_nobody_knows_leads_back_to_the_list(client, moderator):
    assert client.get(f"{LIST}4711/change/").status_code == 302
    assert client.get(f"{LIST}{'9' * 30}/change/").status_code == 302


def test_a_note_says_who_wrote_it_and_its_author_deletes_it(client, moderator, inés):
    page = client.post(page_of(inés), {"step": "note", "text": "Rude."}, follow=True)
    assertContains(page, "The note is saved.")
    assertContains(page, "<bdi>Ana Sousa</bdi>")
    note = inés.notes.get()
    step = {"step": "delete_note", "note": note.pk}
    assert said(client.post(page_of(inés), step)) == ["The note is deleted."]
    again = client.post(page_of(inés), step)
    assertContains(again, "This note is already deleted.", status_code=409)


def test_anothers_note_is_deleted_by_a_superuser_only(client, moderator, other, inés):
    note = inés.notes.create(text="Rude.", by=other, by_name="Bo Lind")
    assertNotContains(client.get(page_of(inés)), "Delete this note")
    step = {"step": "delete_note", "note": note.pk}
    assert client.post(page_of(inés), step).status_code == 403
    assert Note.objects.exists()
    sign_in(client, "superuser")
    assert client.post(page_of(inés), step).status_code == 302
    assert not Note.objects.exists()


def test_a_note_of_one_person_is_not_deleted_from_the_page_of_another(
    client, moderator, inés
):
    other = make_commenter()
    note = other.notes.create(text="Rude.", by=moderator, by_name="Ana Sousa")
    step = {"step": "delete_note", "note": note.pk}
    assert client.post(page_of(inés), step).status_code == 409
    assert Note.objects.exists()


def test_a_mute_of_a_person_lasts_until_the_end_of_the_day_chosen(
    client, moderator, inés
):
    step = {"step": "mute", "until": in_days(0), "reason": "Abuse"}
    page = client.post(page_of(inés), step, follow=True)
    assertContains(page, "The person is muted until")
    muted = Mute.objects.in_force().get()
    assert muted.commenter == inés
    until = timezone.localtime(muted.until)
    assert (until.hour, until.minute) == (0, 0)
    assert until.date() == timezone.localdate() + timedelta(days=1)
    assertContains(page, "End this mute")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"step": "note", "text": " "}, "Write the note first."),
        ({"step": "note", "text": "\u200b"}, "only invisible characters"),
        ({"step": "note", "text": "é" * 2001}, "the maximum is 2000"),
        ({"step": "mute", "until": "", "reason": "A"}, "Choose the last day"),
        ({"step": "mute", "until": "soon", "reason": "A"}, "year-month-day"),
        ({"step": "mute", "until": in_days(-1), "reason": "A"}, "between today and"),
        ({"step": "mute", "until": "9999-12-31", "reason": "A"}, "ten years"),
        ({"step": "mute", "until": in_days(1), "reason": ""}, "Give a reason"),
        (
            {"step": "mute", "until": in_days(1), "reason": "é" * 501},
            "the maximum is 500",
        ),
        ({"step": "fly"}, "Nothing was done."),
        ({}, "Nothing was done."),
    ],
)
def test_what_cannot_be_done_says_why_and_keeps_every_word(
    client, moderator, inés, data, sentence
):
    page = client.post(page_of(inés), data)
    assertContains(page, sentence, status_code=422)
    assertContains(page, data.get("reason", ""), status_code=422)
    assertContains(page, data.get("text", "").strip(), status_code=422)
    assert not Note.objects.exists()
    assert not Mute.objects.exists()


# Muting from a comment


def test_whoever_wrote_a_comment_is_muted_and_the_moderator_goes_on(
    client, moderator, inés
):
    comment = inés.comments.get()
    queue = "/admin/comments/comment/?status=pending"
    page = client.get(MUTE, {"comment": comment.pk, "next": queue})
    assertContains(page, "The person (known by: a confirmed")
    assertContains(page, "Everyone on the same network")
    assert not Mute.objects.exists()
    data = {"comment": comment.pk, "days": 3, "reason": "Abuse", "next": queue}
    answer = client.post(MUTE, {"whom": "person", **data})
    assert (answer.status_code, answer.url) == (302, queue)
    muted = Mute.objects.get()
    assert muted.commenter == inés
    assert timezone.now() + 3 * DAY - muted.until < timedelta(minutes=1)
    client.post(MUTE, {"whom": "network", **data})
    assert Mute.objects.in_force().filter(network=comment.network).exists()


def test_without_a_way_back_the_form_of_the_comment_is_next(client, moderator, inés):
    comment = inés.comments.get()
    data = {"comment": comment.pk, "whom": "person", "days": 3, "reason": "Abuse"}
    assert client.post(MUTE, data).url == form_of(comment)


@pytest.mark.parametrize(
    "way",
    [
        "https://example.org/",
        "//example.org/admin/",
        "/\\example.org",
        "javascript:alert(1)",
        "/articles/",
        "https://testserver@example.org/admin/",
        "/admin/\r\nLocation: https://example.org",
    ],
)
def test_the_way_back_leads_nowhere_else(client, moderator, inés, way):
    comment = inés.comments.get()
    data = {"comment": comment.pk, "whom": "person", "days": 3, "reason": "Abuse"}
    answer = client.post(MUTE, {**data, "next": way})
    assert answer.status_code == 302
    assert answer.url.startswith("/admin/")
    assert "\n" not in answer.url
    page = client.get(MUTE, {"comment": comment.pk, "next": way}).text
    assert 'href="javascript' not in page
    assert "https://example.org/" not in page.replace("/admin/\r\nLocation: ", "")
    muted = mute(inés, moderator)
    answer = client.post(MUTES, {"mute": muted.pk, "next": way})
    assert answer.url.startswith("/admin/")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"whom": ""}, "Choose whom to mute."),
        ({"whom": "everybody"}, "This cannot be muted"),
        ({"days": ""}, "Enter the number of days."),
        ({"days": "many"}, "in digits"),
        ({"days": 0}, "at least one day"),
        ({"days": 10**9}, "at most 3650 days"),
        ({"whom": "network", "days": 31}, "at most 30 days"),
        ({"reason": " "}, "Give a reason"),
    ],
)
def test_a_mute_that_cannot_be_is_asked_for_again(
    client, moderator, inés, changes, sentence
):
    data = {"comment": inés.comments.get().pk, "whom": "person", "days": 3}
    page = client.post(MUTE, data | {"reason": "Because of Tuesday"} | changes)
    assertContains(page, sentence, status_code=422)
    if "reason" not in changes:
        assertContains(page, "Because of Tuesday", status_code=422)
    assert not Mute.objects.exists()


def test_who_is_not_known_cannot_be_muted(client, moderator):
    comment = make_comment()
    page = client.get(MUTE, {"comment": comment.pk})
    assertContains(page, "No one can be muted for this comment")
    data = {"comment": comment.pk, "whom": "person", "days": 3, "reason": "Abuse"}
    page = client.post(MUTE, data)
    assertContains(page, "Abuse", status_code=422)
    assert not Mute.objects.exists()


def test_a_network_forgotten_meanwhile_is_a_conflict(client, moderator):
    old = timezone.now() - 31 * DAY
    comment = make_comment(network="n" * 64, created_at=old)
    data = {"comment": comment.pk, "whom": "network", "days": 3, "reason": "Abuse"}
    page = client.post(MUTE, data)
    assertContains(
        page, "The network of this comment is no longer known", status_code=409
    )
    assertContains(page, "Abuse", status_code=409)


@pytest.mark.parametrize("key", ["", "x", "4711", "-1", "9" * 30, "\0"])
def test_without_a_comment_there_is_nothing_to_mute(client, moderator, key):
    assert client.get(MUTE, {"comment": key}).status_code == 404
    assert client.post(MUTE, {"comment": key}).status_code == 404


# Ending a mute


def test_a_mute_is_ended_once(client, moderator, inés):
    muted = mute(inés, moderator)
    assertContains(client.get(MUTES), "End this mute")
    answer = client.post(MUTES, {"mute": muted.pk, "next": page_of(inés)})
    assert answer.url == page_of(inés)
    assertContains(client.get(page_of(inés)), "ended by <bdi>Ana Sousa</bdi>")
    again = client.post(MUTES, {"mute": muted.pk})
    assertContains(again, "Ana Sousa has already ended this mute.", status_code=409)
    for key in ["", "x", "4711", "9" * 30]:
        unknown = client.post(MUTES, {"mute": key})
        assertContains(unknown, "no longer exists", status_code=409)
    assertContains(client.get(MUTES), "No one is muted.")


# Attacks


def test_notes_reasons_names_and_words_are_text(client, moderator):
    commenter = make_commenter(address="ines@example.org")
    comment = make_comment(
        name=ATTACK[:80], body=ATTACK, commenter=commenter, network="n" * 64
    )
    client.post(page_of(commenter), {"step": "note", "text": ATTACK})
    step = {"step": "mute", "until": in_days(3), "reason": ATTACK}
    client.post(page_of(commenter), step)
    assert commenter.notes.get().text == commenter.mutes.get().reason == ATTACK
    moderator.first_name = ATTACK[:80]
    moderator.save()
    for address in [
        LIST,
        page_of(commenter),
        MUTES,
        f"{MUTE}?comment={comment.pk}",
        form_of(comment),
    ]:
        page = client.get(address).text
        assert "<img src=x" not in page
        assert "<script>alert" not in page


def test_an_empty_list_says_how_people_come_to_be_known(client, moderator):
    assertContains(client.get(LIST), "No commenters yet.")
    page = client.get(LIST, {"q": "zoe"})
    assertContains(
        page, "No commenter has confirmed an email address that begins like this."
    )


def test_one_comment_of_a_person_is_called_one(client, moderator, inés):
    page = client.get("/admin/comments/queue/")
    assertContains(page, "This person’s latest comment")
    make_comment(commenter=inés, body="Another.")
    page = client.get("/admin/comments/queue/")
    assertContains(page, "This person’s latest 2 comments")
