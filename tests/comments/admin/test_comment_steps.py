"""What moderators can do besides deciding whether a comment appears."""

import pytest
from django.urls import reverse

from articles.models import Article
from comments.moderation.redaction import MARK
from comments.posting.author_actions import reason_given
from comments.security.tokens import private_address
from tests.comments.admin.desk import form_of, said
from tests.factories import make_comment, make_shown_comment, make_visible_article

PRIVATE = "Call 555-123-4567 now."


def press(client, comment, step, **words):
    data = {
        "step": step,
        "seen": comment.version,
        "revision": comment.text_revision,
        **words,
    }
    return client.post(form_of(comment), data)


# Redaction


def test_words_are_taken_out_on_every_page_and_can_be_put_back(client, moderator):
    comment = make_shown_comment(body=PRIVATE)
    answer = press(client, comment, "redact", words="555-123-4567")
    assert "The words are redacted." in said(answer)[0]
    pages = [comment.article.get_absolute_url(), private_address(comment)]
    pages += [
        reverse("comments:site_rss"),
        reverse("comments:rss", args=[comment.article.slug]),
    ]
    for page in pages:
        text = client.get(page).text
        assert "555-123" not in text
        assert MARK in text
    comment.refresh_from_db()
    press(client, comment, "undo")
    assert "555-123-4567" in client.get(pages[0]).text


def test_what_looks_private_is_offered_to_be_ticked(client, moderator):
    comment = make_comment(body=PRIVATE)
    assert 'name="suggested" value="555-123-4567"' in client.get(form_of(comment)).text
    press(client, comment, "redact", suggested="555-123-4567")
    comment.refresh_from_db()
    assert comment.body == f"Call {MARK} now."


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "Enter or select the words"),
        ("555\n777", "Not found in the comment: “777”"),
    ],
)
def test_words_that_cannot_be_taken_out_are_named_and_nothing_is_lost(
    client, moderator, words, sentence
):
    comment = make_comment(body=PRIVATE)
    page = press(client, comment, "redact", words=words, note="For the record.")
    assert page.status_code == 422
    assert sentence in page.text
    assert "For the record." in page.text
    comment.refresh_from_db()
    assert comment.body == PRIVATE


def test_answers_that_repeat_the_words_are_pointed_at(client, moderator):
    comment = make_shown_comment(body=PRIVATE)
    reply = make_shown_comment(parent=comment, body=f"> {PRIVATE}\n\nNo!")
    answer = press(client, comment, "redact", words="555-123-4567")
    assert form_of(reply) in said(answer)[1]


# The version on the screen


def test_words_that_have_changed_stand_beside_those_that_were_read(client, moderator):
    comment = make_comment(body="I went home.")
    stale = {"seen": comment.version, "revision": comment.text_revision}
    comment.edit("I ran home.")
    page = client.post(form_of(comment), {"step": "approve", **stale})
    assert page.status_code == 409
    assert "<del>went</del><ins>ran</ins>" in page.text
    comment.refresh_from_db()
    assert comment.is_waiting
    again = page.context["seen"]
    assert (
        client.post(form_of(comment), {"step": "approve", "seen": again}).status_code
        == 302
    )


# Reasons


def test_its_author_is_told_the_reason_where_the_moderator_lets_it(client, moderator):
    told, untold = make_comment(), make_comment()
    why = {"reason": "off_topic", "explanation": "This is about bridges."}
    press(client, told, "reject", **why)
    press(client, untold, "reject", untold="on", **why)
    for comment in told, untold:
        comment.refresh_from_db()
    assert reason_given(told) == "off topic – This is about bridges."
    assert reason_given(untold) == ""
    assert "about bridges" in client.get(private_address(told)).text
    assert "about bridges" not in client.get(private_address(untold)).text
    press(client, told, "undo")
    assert "about bridges" not in client.get(private_address(told)).text


def test_another_reason_needs_words_and_they_are_told(client, moderator):
    comment = make_comment()
    page = press(client, comment, "reject", reason="other", note="Mine.")
    assert page.status_code == 422
    assert "Explain the other reason in a sentence." in page.text
    assert "Mine." in page.text
    press(client, comment, "reject", reason="other", explanation="Written twice.")
    comment.refresh_from_db()
    assert reason_given(comment) == "Written twice."


def test_spam_is_never_told(client, moderator):
    comment = make_comment()
    press(client, comment, "reject", reason="spam", explanation="Buy nothing.")
    comment.refresh_from_db()
    assert reason_given(comment) == ""


# The conversation


def test_the_conversation_is_closed_from_the_comment_and_that_is_on_record(
    client, moderator
):
    comment = make_comment()
    press(client, comment, "thread", policy="closed")
    thread = comment.article.thread
    assert thread.policy == "closed"
    assert thread.steps.get().by_name == "Ana Sousa"
    assert "Ana Sousa" in client.get(form_of(comment)).text


# Undo, even if something is gone


def test_a_decision_is_undone_after_its_article_was_withdrawn(client, moderator):
    comment = make_comment()
    press(client, comment, "approve")
    Article.objects.get().withdraw(reason="Wrong.")
    comment.refresh_from_db()
    press(client, comment, "undo")
    comment.refresh_from_db()
    assert comment.is_waiting


def test_a_decision_is_undone_after_the_moderator_is_gone(client, moderator, other):
    comment = make_comment()
    comment.approve(by=other)
    other.delete()
    press(client, comment, "undo")
    comment.refresh_from_db()
    assert comment.is_waiting
    assert comment.decisions.last().by_name == "Bo Lind"


def test_what_its_author_has_erased_is_not_undone(client, moderator):
    comment = make_shown_comment()
    comment.erase()
    page = press(client, comment, "undo")
    assert page.status_code == 409
    assert "This comment has no decision that can be undone" in page.text
    assert client.get(form_of(comment)).status_code == 200


def test_the_article_of_a_comment_may_be_called_anything(client, moderator):
    article = make_visible_article(title="<script>alert(1)</script>")
    comment = make_comment(article=article, body="Old <b>words</b>")
    stale = {"seen": comment.version, "revision": 1, "step": "approve"}
    comment.edit("New <i>words</i>")
    page = client.post(form_of(comment), stale).text
    assert "<script>alert" not in page
    assert "<i>" not in page
    assert "<b>" not in page
