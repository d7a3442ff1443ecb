import json
from datetime import timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from comments.mail.outbox import send_due
from comments.models import Appeal, Comment, Mailbox, PendingMail
from comments.security.tokens import (
    DATA_WITHIN,
    confirm_address,
    data_address,
    private_address,
    token_for,
)
from tests.comments.views.sending import PRIVATE, PUBLIC, moderator_client, text_of
from tests.factories import (
    make_comment,
    make_mailbox,
    make_shown_comment,
    make_user,
    make_visible_article,
    proven,
)

ASK = "/comments/data/"


def ask_for(client, address, /, **kwargs):
    return client.post(ASK, {"email": address}, **kwargs)


def written_with(address, **fields):
    """A comment with the address, and the link to all data of the address."""
    comment = proven(make_comment(email=address, **fields))
    return comment, data_address(Mailbox.objects.of(address))


def test_the_way_to_the_data_goes_to_the_address_and_to_nobody_else(db, client):
    make_comment(email="Ines@example.org")
    answer = ask_for(client, "INES@example.org")
    assert answer.status_code == 200
    send_due()
    [message] = mail.outbox
    assert message.to == ["ines@example.org"]
    address = data_address(Mailbox.objects.get())
    assert address in message.body
    assert address not in text_of(answer)
    assert client.get(address).status_code == 200


def test_the_answer_does_not_tell_whether_we_know_the_address(db, client):
    make_comment(email="ines@example.org")
    answers = [ask_for(client, f"{name}@example.org") for name in ["ines", "nobody"]]
    # Beyond the limit, too.
    answers += [ask_for(client, "ines@example.org") for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert PendingMail.objects.count() == 1
    # The next tick sends it, so the response time reveals nothing either.
    assert mail.outbox == []


def test_what_is_no_address_comes_back(db, client):
    for address in ["", "nobody", "a@b", "x" * 300 + "@example.org", "<b>@x.org"]:
        answer = ask_for(client, address)
        assert answer.status_code == 422
        assert answer.headers["Cache-Control"] == PRIVATE
        assert address in text_of(answer)
        assert "<b>" not in answer.content.decode()


def test_every_address_there_can_be_is_taken_or_refused(
    db, client, samples, monkeypatch
):
    monkeypatch.setattr("comments.security.refusals.MOST_REFUSED", 1000)
    tests = ElementTree.parse(samples / "email" / "rfc5322.xml").iter("test")
    addresses = [test.findtext("address") or "" for test in tests]
    assert len(addresses) > 150
    answers = {200: 0, 422: 0}
    for address in addresses:
        # The samples have symbols in place of control characters.
        typed = "".join(
            chr(ord(c) - 0x2400) if 0x2400 <= ord(c) < 0x2420 else c for c in address
        )
        for written in {address, typed}:
            answers[ask_for(client, written).status_code] += 1
    assert all(answers.values())
    assert not PendingMail.objects.exists()


def test_the_form_is_the_same_for_everybody_and_can_be_kept(db, client):
    answer = client.get(ASK)
    assert answer.headers["Cache-Control"] == PUBLIC
    assert not answer.cookies
    assert "csrfmiddlewaretoken" not in answer.content.decode()


def test_another_site_cannot_ask(db, client):
    make_comment(email="ines@example.org")
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = ask_for(client, "ines@example.org", headers=headers)
    assert answer.status_code == 403
    assert "ines@example.org" in text_of(answer)
    staff = moderator_client(enforce_csrf_checks=True)
    assert ask_for(staff, "ines@example.org").status_code == 403
    assert not PendingMail.objects.exists()


def test_more_than_64_kib_is_not_read(db, client):
    _, way = written_with("ines@example.org")
    assert ask_for(client, "x" * 70_000).status_code == 413
    assert client.post(way, {"erase": "x" * 70_000}).status_code == 413


def test_the_page_says_what_there_is_and_stays_private(db, client):
    _, way = written_with("ines@example.org")
    proven(make_comment(email="INES@example.org"))
    make_comment(email="other@example.org")
    answer = client.get(way)
    assert "2 comments are yours" in text_of(answer)
    assert "was not confirmed as yours" not in text_of(answer)
    make_comment(email="Ines@example.org", body="What a stranger wrote.")
    answer = client.get(way)
    assert "2 comments are yours" in text_of(answer)
    assert "1 comment has this address but was not confirmed" in text_of(answer)
    assert "stranger" not in text_of(answer)
    assert answer.headers["Cache-Control"] == PRIVATE
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert not answer.cookies


def downloaded(client, way):
    answer = client.post(way, {"download": "1"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Cache-Control"] == PRIVATE
    assert answer.headers["X-Robots-Tag"] == "noindex"
    return json.loads(answer.content)


def test_a_download_holds_what_was_written_and_what_became_of_it(db, client):
    article = make_visible_article(title="The bridge")
    comment, way = written_with(
        "ines@example.org", article=article, name="Inés", body="First."
    )
    comment.edit("Second.")
    comment.reject(by=make_user(), reason="off_topic")
    Appeal.objects.create(comment=comment, message="Look again.")
    shown = proven(
        make_shown_comment(article=article, email="ines@example.org", body="Third.")
    )
    make_comment(email="ines@example.org", body="Somebody else's.")
    data = downloaded(client, way)
    assert data["address"] == "ines@example.org"
    first, second = data["comments"]
    assert (first["name"], first["text"]) == ("Inés", "Second.")
    assert [earlier["text"] for earlier in first["earlier_texts"]] == ["First."]
    assert (first["state"], first["reason"]) == ("not published", "off topic")
    assert first["appeal"]["message"] == "Look again."
    assert first["article"]["title"] == "The bridge"
    assert [event["became"] for event in first["history"]] == ["not published"]
    assert second["address"].endswith(shown.get_absolute_url())
    assert first["address"] is None


def test_a_download_tells_nothing_of_others(db, client):
    moderator = make_user(role="Moderators", first_name="Secret", last_name="Moderator")
    comment, way = written_with(
        "ines@example.org",
        parent=make_shown_comment(name="Secret parent", body="Secret words."),
    )
    comment.reject(by=moderator, note="Secret note", reason="other")
    comment.mark_spam(by=moderator, note="Secret note")
    comment.reports.create(reason="abuse", sentence="Secret report", network="Secret")
    make_comment(article=comment.article, email="secret@example.org")
    draft = make_visible_article(title="Secret article")
    proven(make_comment(article=draft, email="ines@example.org"))
    make_comment(email="ines@example.org", body="Secret.", name="Secret")
    draft.withdraw(reason="Secret reason")
    found = json.dumps(downloaded(client, way)).lower()
    assert "secret" not in found
    assert "spam" not in found


def test_a_download_costs_the_same_for_one_and_for_many(
    db, client, django_assert_num_queries
):
    _, way = written_with("ines@example.org")
    for number in [0, 10]:
        for _ in range(number):
            proven(make_shown_comment(email="ines@example.org")).reject(by=make_user())
        # The mailbox; the shown comments, the comments, their earlier texts, decisions, findings.
        with django_assert_num_queries(6):
            client.post(way, {"download": "1"})
        # The mailbox; how many comments are its owner's, and how many others there are.
        with django_assert_num_queries(3):
            client.get(way)


def test_nothing_is_erased_without_the_tick(db, client):
    comment, way = written_with("ines@example.org", body="What I wrote.")
    answer = client.post(way)
    assert answer.status_code == 422
    assert "Nothing is erased yet." in text_of(answer)
    client.get(way, {"erase": "on"})
    comment.refresh_from_db()
    assert comment.body == "What I wrote."


def test_erasing_takes_everything_that_was_written_with_the_address(db, client):
    comment, way = written_with("ines@example.org")
    second = proven(make_shown_comment(email="INES@example.org"))
    other = make_shown_comment(email="other@example.org", article=second.article)
    PendingMail.objects.create(kind="reply", mailbox=Mailbox.objects.get())
    answer = client.post(way, {"erase": "on"})
    assert answer.status_code == 200
    assert "2 comments" in text_of(answer)
    assert set(Comment.objects.filter(erased_at=None)) == {other}
    assert not Mailbox.objects.exists()
    assert not PendingMail.objects.exists()
    assert second.article.thread.shown_count == 1
    # The link ended with the mailbox, and the private pages with their comments.
    assert client.get(way).status_code == 404
    assert client.post(way, {"erase": "on"}).status_code == 404
    assert client.get(private_address(comment)).status_code == 410


def test_another_site_can_neither_download_nor_erase(db, client):
    comment, way = written_with("ines@example.org", body="What I wrote.")
    headers = {"Sec-Fetch-Site": "cross-site"}
    for data in [{"download": "1"}, {"erase": "on"}]:
        answer = client.post(way, data, headers=headers)
        assert answer.status_code == 403
        assert "What I wrote." not in text_of(answer)
    comment.refresh_from_db()
    assert not comment.is_erased


def test_a_link_that_is_not_ours_or_whose_time_is_over_opens_nothing(db, client):
    comment, way = written_with("ines@example.org", body="What I wrote.")
    mailbox = Mailbox.objects.get()
    token = way.rstrip("/").rpartition("/")[2]
    for opening in [
        token[:-1],
        token.upper(),
        token.replace(str(mailbox.pk), str(mailbox.pk + 1), 1),
        token_for(comment),
        confirm_address(mailbox).rstrip("/").rpartition("/")[2],
        "%00",
        "%E2%80%AE",
        "1",
    ]:
        address = f"{ASK}{opening}/"
        assert client.get(address).status_code == 404, opening
        for data in [{"download": "1"}, {"erase": "on"}]:
            answer = client.post(address, data)
            assert answer.status_code == 404
            assert "What I wrote." not in text_of(answer)
    with time_machine.travel(timezone.now() + DATA_WITHIN + timedelta(seconds=2)):
        answer = client.get(way)
        assert answer.status_code == 404
        assert "Ask for a new link" in text_of(answer)
        assert answer.headers["Cache-Control"] == PRIVATE
        client.post(way, {"erase": "on"})
    comment.refresh_from_db()
    assert not comment.is_erased
    assert make_mailbox().pk


@pytest.mark.parametrize("body", [b"erase=%FF", b"\xff\x00", b"download=%00&erase=%ED"])
def test_what_is_no_form_is_no_crash(db, client, body):
    _, way = written_with("ines@example.org")
    for address in [ASK, way]:
        answer = client.generic(
            "POST",
            address,
            body,
            content_type="application/x-www-form-urlencoded; charset=utf-7",
        )
        assert answer.status_code in {200, 422}
