import pytest

from articles.models import TransitionError
from comments.models import Comment
from tests.factories import make_comment, make_shown_comment, make_user


@pytest.fixture
def ana(db):
    return make_user(role="Moderators", first_name="Ana", last_name="Ruiz")


def test_words_are_taken_out_and_put_back(ana):
    comment = make_shown_comment(body="Call 555-1234 now.")
    comment.redact("Call […] now.", by=ana)
    assert (comment.body, comment.text_revision) == ("Call […] now.", 2)
    assert comment.is_approved
    assert comment.is_redacted
    assert not comment.is_editable
    assert comment.decisions.first().text_revision == 1
    comment.undo(by=ana)
    assert (comment.body, comment.text_revision) == ("Call 555-1234 now.", 3)
    assert not comment.is_redacted
    comment.undo(by=ana)
    assert comment.body == "Call […] now."
    assert comment.is_redacted


def test_why_a_comment_waits_is_known_also_when_words_are_taken_out(ana):
    comment = make_comment(body="See a.com and b.com.")
    comment.signals.create(
        rule="links", text_revision=1, value=2, limit=1, words="a.com\nb.com"
    )
    comment.redact("See […] and b.com.", by=ana)
    assert comment.signals.get(text_revision=2).words == "b.com"
    comment.undo(by=ana)
    assert comment.signals.get(text_revision=3).words == "a.com\nb.com"


def test_words_are_taken_out_of_the_text_that_was_read(ana):
    comment = make_comment(body="Call 555-1234 now.")
    stale = Comment.objects.get(pk=comment.pk)
    comment.edit("Call me.")
    with pytest.raises(TransitionError):
        stale.redact("Call […] now.", by=ana)
    comment.refresh_from_db()
    assert comment.body == "Call me."
    assert comment.earlier_texts.count() == 1
